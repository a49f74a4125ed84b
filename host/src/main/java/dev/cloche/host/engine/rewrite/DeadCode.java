package dev.cloche.host.engine.rewrite;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Removes what splitting has left without a use: code that nothing leads to any more, and arithmetic whose
/// result only moved code has read.
final class DeadCode {
    private static final int PASSES_MAX = 20;

    private final Set<Block> targets = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Integer> read = new HashSet<>();
    private boolean changed;

    private DeadCode(Routine routine) {
        Trees.walk(routine.body().body(), this::note);
        Trees.walk(routine.tail(), this::note);
    }

    static void remove(Routine routine) {
        boolean changed = true;
        for (int pass = 0; changed && pass < PASSES_MAX; pass++) {
            var code = new DeadCode(routine);
            code.sweep(routine.body(), routine.body().body());
            changed = code.changed;
        }
    }

    private void note(Node node) {
        if (node instanceof Node.Jump jump) {
            targets.addAll(jump.targets());
        } else if (node instanceof Node.LocalGet get) {
            read.add(get.local());
        }
    }

    /// @return whether control can reach the end
    @SuppressWarnings("ReferenceEquality") // The one instruction of its kind.
    private boolean sweep(Block block, List<Node> nodes) {
        int height = block.type().params().size();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            height += node.pushes() - node.pops();
            if (!completes(node)) {
                boolean closed = i + 2 == nodes.size() && nodes.getLast() == Instructions.UNREACHABLE;
                if (i + 1 < nodes.size() && !closed) {
                    nodes.subList(i + 1, nodes.size()).clear();
                    changed = true;
                    boolean fits = height == 0 && block.type().results().isEmpty();
                    if (!fits && !node.ends()) {
                        nodes.add(Instructions.UNREACHABLE);
                    }
                }
                return false;
            }
            if (node instanceof Node.OfLocal local && !read.contains(local.local())) {
                i = forget(nodes, i);
            }
        }
        return true;
    }

    private boolean completes(Node node) {
        if (!(node instanceof Block block)) {
            return !node.ends();
        }
        boolean completes = (block.kind() == Block.Kind.IF && block.arms().size() == 1)
                || (block.kind() != Block.Kind.LOOP && targets.contains(block));
        for (List<Node> arm : block.arms()) {
            completes |= sweep(block, arm);
        }
        return completes;
    }

    /// Removes the setting of a local that nothing reads, and what computes the value if nothing else happens
    /// there.
    ///
    /// @return the position of the last node before what was removed
    private int forget(List<Node> nodes, int index) {
        if (nodes.get(index) instanceof Node.LocalTee) {
            nodes.remove(index);
            changed = true;
            return index - 1;
        }
        int start = index;
        for (int missing = 1;
                missing > 0;
                missing += nodes.get(start).pops() - nodes.get(start).pushes()) {
            start--;
            if (start < 0 || !isArithmetic(nodes.get(start))) {
                return index;
            }
        }
        nodes.subList(start, index + 1).clear();
        changed = true;
        return start - 1;
    }

    private static boolean isArithmetic(Node node) {
        return node instanceof Node.LocalGet
                || (node instanceof Node.Plain plain && Opcodes.isArithmetic(plain.opcode()));
    }
}
