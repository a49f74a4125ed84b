package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;

/// Brings a function into the shape of a [Routine]: its returns become branches out of one block, and its result,
/// if it has one, travels there in a local.
final class Returns {
    private static final int NO_LOCAL = -1;

    private final Body source;
    private final Routine routine;
    private final int result;
    private int spare = NO_LOCAL;

    private Returns(int index, Body source) {
        this.source = source;
        this.routine = new Routine(index, 0, source.type(), source.locals(), Block.plain());
        var results = source.type().results();
        this.result = results.isEmpty() ? NO_LOCAL : routine.addLocal(results.getFirst());
    }

    /// @param source is used up
    /// @throws RewriteException if the function has several results
    static Routine normalize(int index, Body source) {
        if (source.type().results().size() > 1) {
            throw new RewriteException(
                    "several results, results=" + source.type().results().size());
        }
        return new Returns(index, source).normalize();
    }

    private Routine normalize() {
        var nodes = source.root().body();
        boolean completes = nodes.isEmpty() || !nodes.getLast().ends();
        var body = routine.body().body();
        body.addAll(replaced(nodes));
        if (result != NO_LOCAL) {
            if (completes) {
                body.add(new Node.LocalSet(result));
            }
            routine.tail().add(new Node.Unit(List.of(new Node.LocalGet(result)), 0, 1, true));
        }
        return routine;
    }

    private List<Node> replaced(List<Node> nodes) {
        var out = new ArrayList<Node>(nodes.size());
        for (Node node : nodes) {
            switch (node) {
                case Block block -> {
                    for (List<Node> arm : block.arms()) {
                        List<Node> changed = replaced(arm);
                        arm.clear();
                        arm.addAll(changed);
                    }
                    out.add(block);
                }
                case Node.Return _ -> leave(out);
                case Node.Branch branch when branch.target() == source.root() -> leave(out);
                case Node.BranchIf branch when branch.target() == source.root() -> leaveIf(out);
                case Node.BranchTable table when table.targets().contains(source.root()) -> leaveByTable(out, table);
                default -> out.add(node);
            }
        }
        return out;
    }

    private void leave(List<Node> out) {
        if (result != NO_LOCAL) {
            out.add(new Node.LocalSet(result));
        }
        out.add(new Node.Branch(routine.body()));
    }

    private void leaveIf(List<Node> out) {
        if (result != NO_LOCAL) {
            int condition = spare();
            out.add(new Node.LocalSet(condition));
            out.add(new Node.LocalTee(result));
            out.add(new Node.LocalGet(condition));
        }
        out.add(new Node.BranchIf(routine.body()));
    }

    /// A table carries the result to all of its labels, and the new label takes none: a block in between takes
    /// it.
    private void leaveByTable(List<Node> out, Node.BranchTable table) {
        if (result == NO_LOCAL) {
            out.add(redirected(table, routine.body()));
            return;
        }
        int selector = spare();
        var landing = new Block(
                Block.Kind.BLOCK, new Signature(List.of(), source.type().results()));
        out.add(new Node.LocalSet(selector));
        out.add(new Node.LocalSet(result));
        landing.body().add(new Node.LocalGet(result));
        landing.body().add(new Node.LocalGet(selector));
        landing.body().add(redirected(table, landing));
        out.add(landing);
        leave(out);
    }

    /// A local for the operand on top of a result.
    private int spare() {
        if (spare == NO_LOCAL) {
            spare = routine.addLocal(ValueType.I32);
        }
        return spare;
    }

    private Node.BranchTable redirected(Node.BranchTable table, Block to) {
        return new Node.BranchTable(table.targets().stream()
                .map(target -> target == source.root() ? to : target)
                .toList());
    }
}
