package dev.cloche.host.engine.rewrite;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/// Splits one function until it is small enough, and what was split off from it as well.
final class Splitter {
    /// A round that saves less than this part is the last one.
    private static final double GAIN_MIN = 0.01;

    private final ModuleModel module;
    private final SplitOptions options;
    private final Scratch scratch;
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final Deque<Routine> pieces = new ArrayDeque<>();
    private int outlined;
    private int dispatchers;

    Splitter(ModuleModel module, SplitOptions options, Scratch scratch) {
        this.module = module;
        this.options = options;
        this.scratch = scratch;
    }

    /// How many regions have become functions.
    int outlined() {
        return outlined;
    }

    int dispatchers() {
        return dispatchers;
    }

    /// Why parts stayed where they are, and how often.
    Map<String, Integer> refusals() {
        return refusals;
    }

    /// Splits a function and defines it and everything split off from it.
    ///
    /// @return its new estimated size
    int split(Routine root, int target) {
        int bytes = reduce(root, target);
        module.define(root.index(), root.toBody());
        while (!pieces.isEmpty()) {
            var piece = pieces.removeFirst();
            if (piece.generation() < options.generationsMax()
                    && CodeSize.of(options.costs(), piece) > options.limitBytes()) {
                reduce(piece, options.targetBytes());
            }
            module.define(piece.index(), piece.toBody());
        }
        return bytes;
    }

    private int reduce(Routine routine, int target) {
        int bytes = CodeSize.of(options.costs(), routine);
        boolean anySize = false;
        for (int i = 0; i < options.roundsMax() && bytes > target; i++) {
            int before = bytes;
            int excess = bytes - target;
            // A region much larger than what must go would take the function's main loop with it: only if there is no
            // other way below the limit.
            int largest = anySize
                    ? options.regions().maxBytes()
                    : Math.min(excess * 5 / 4, options.regions().maxBytes());
            round(routine, excess, largest);
            bytes = CodeSize.of(options.costs(), routine);
            if (before - bytes < before * GAIN_MIN) {
                if (anySize || bytes <= options.limitBytes()) {
                    break;
                }
                anySize = true;
            }
        }
        return bytes;
    }

    private void round(Routine routine, int excess, int largest) {
        var round = new Round(module, routine, options, scratch);
        round.run(excess, largest, reason -> refusals.merge(reason, 1, Integer::sum));
        DeadCode.remove(routine);
        pieces.addAll(round.pieces());
        outlined += round.pieces().size();
        dispatchers += round.dispatchers();
    }
}
