package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;

/// How control and values leave a part of a function.
///
/// @param exits the labels outside of it that it branches to
/// @param completes whether control can also reach its end
/// @param outputs the locals that it sets and that are read behind one of the ways out
record Boundary(List<Block> exits, boolean completes, LocalSet outputs) {
    Boundary {
        exits = List.copyOf(exits);
    }

    static Boundary of(List<Node> part, LocalSet behind, Liveness liveness) {
        var exits = new ArrayList<>(Trees.exits(part));
        boolean completes = !Trees.neverCompletes(part);
        LocalSet read = completes ? behind : LocalSet.EMPTY;
        for (Block exit : exits) {
            read = read.union(liveness.atLabel(exit));
        }
        return new Boundary(exits, completes, read.intersection(modified(part)));
    }

    /// In how many ways control can leave.
    int ways() {
        return exits.size() + (completes ? 1 : 0);
    }

    private static LocalSet modified(List<Node> part) {
        LocalSet[] modified = {LocalSet.EMPTY};
        Trees.walk(part, node -> {
            if (node instanceof Node.LocalSet || node instanceof Node.LocalTee) {
                modified[0] = modified[0].with(((Node.OfLocal) node).local());
            }
        });
        return modified[0];
    }
}
