package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Splits giant functions, so that the JVM compiles all of them: HotSpot leaves methods above 8,000 bytes to its
/// interpreter. Parts of a giant become functions of their own; what the module does stays the same. A pure
/// function: the same module and options give the same bytes.
public final class SplitPass {
    /// Functions with less code than this part of their limit cannot be too large, and are not looked into.
    private static final int CODE_BYTES_PART = 6;

    /// Steps in which the functions of one module are split. Functions for which too few are left stay whole.
    private static final long WORK_MAX = 20_000_000;

    private final SplitOptions options;

    public SplitPass(SplitOptions options) {
        this.options = options;
    }

    /// A module and what was done to it.
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, never compared.
    public record Result(byte[] wasm, SplitReport report) {}

    /// Splits a module given as bytes.
    ///
    /// @throws RewriteException if the module is malformed
    public Result run(byte[] wasm) {
        var module = ModuleModel.parse(wasm);
        var report = run(module);
        return new Result(module.encode(), report);
    }

    /// What [#run] would do.
    public SplitReport inspect(byte[] wasm) {
        return run(ModuleModel.parse(wasm));
    }

    /// Splits the functions of a module in place.
    public SplitReport run(ModuleModel module) {
        List<Giant> giants = giants(module);
        Set<Integer> affordable = affordable(giants);
        var scratch = new Scratch.Globals(module);
        var functions = new ArrayList<SplitReport.Function>();
        int end = module.functionCount();
        for (Giant giant : giants) {
            String whole = giant.whole();
            if (whole == null && !affordable.contains(giant.index())) {
                whole = "it takes too much work, steps=" + giant.steps();
            }
            functions.add(
                    whole == null
                            ? split(module, giant, scratch)
                            : new SplitReport.Kept(giant.index(), module.codeBytes(giant.index()), whole));
        }
        return new SplitReport(functions, module.functionCount() - end, scratch.count());
    }

    /// A function that is too large.
    ///
    /// @param bytes its size by estimate
    /// @param steps what it takes to split it
    /// @param whole why it stays whole, if that is known from the start
    private record Giant(
            int index, int bytes, long steps, @Nullable String whole) {}

    private List<Giant> giants(ModuleModel module) {
        var giants = new ArrayList<Giant>();
        for (int index = module.importedFunctions(); index < module.functionCount(); index++) {
            if (module.codeBytes(index) <= limit(index) / CODE_BYTES_PART) {
                continue;
            }
            switch (module.decode(index)) {
                case Decoded.Opaque(String reason) -> giants.add(new Giant(index, 0, 0, reason));
                case Decoded.Tree(Body body) -> {
                    int bytes = CodeSize.of(options.costs(), body);
                    if (bytes > limit(index)) {
                        giants.add(new Giant(index, bytes, SplitWork.of(body), whyWhole(body)));
                    }
                }
            }
        }
        return giants;
    }

    private int limit(int index) {
        return options.targets().getOrDefault(index, options.limitBytes());
    }

    private static @Nullable String whyWhole(Body body) {
        if (Trees.hasTailCall(body.root().body())) {
            return "tail calls";
        }
        return body.type().results().size() > 1 ? "several results" : null;
    }

    /// The largest functions gain most: those too large for a JVM method do not even get one.
    private static Set<Integer> affordable(List<Giant> giants) {
        var affordable = new HashSet<Integer>();
        long left = WORK_MAX;
        var largestFirst = new ArrayList<>(giants);
        largestFirst.sort(Comparator.comparingInt((Giant giant) -> -giant.bytes()));
        for (Giant giant : largestFirst) {
            if (giant.steps() <= left && affordable.add(giant.index())) {
                left -= giant.steps();
            }
        }
        return affordable;
    }

    private SplitReport.Function split(ModuleModel module, Giant giant, Scratch scratch) {
        int index = giant.index();
        // Decoded anew: trees of all giants together would take up much memory.
        if (!(module.decode(index) instanceof Decoded.Tree(Body body))) {
            throw new IllegalStateException("a function has changed, function=" + index);
        }
        int target = Math.min(options.targets().getOrDefault(index, options.targetBytes()), limit(index));
        var splitter = new Splitter(module, options, scratch);
        int after = splitter.split(Returns.normalize(index, body), target);
        return new SplitReport.Split(
                index, giant.bytes(), after, splitter.outlined(), splitter.dispatchers(), splitter.refusals());
    }
}
