package dev.cloche.host.engine.rewrite;

import java.util.List;

/// What it takes to split a function, in steps. An estimate that is the same everywhere: how much is split must not
/// depend on how quick a machine is.
///
/// Each block around a node has the node measured once more, each loop has it gone over once more until nothing new is
/// live, and what is live is a set of locals that is copied wherever one is read or set.
final class SplitWork {
    /// Locals that a step can handle.
    private static final int LOCALS_PER_STEP = 16;

    /// Steps that any node takes.
    private static final int NODE_STEPS = 8;

    private final int perNode;
    private long steps;

    private SplitWork(int perNode) {
        this.perNode = perNode;
    }

    static long of(Body body) {
        var work = new SplitWork(NODE_STEPS + body.locals().size() / LOCALS_PER_STEP);
        work.walk(body.root().body(), 1);
        return work.steps;
    }

    private void walk(List<Node> nodes, int around) {
        for (Node node : nodes) {
            steps += (long) around + perNode;
            if (node instanceof Block block) {
                int within = around + (block.kind() == Block.Kind.LOOP ? 2 : 1);
                block.arms().forEach(arm -> walk(arm, within));
            }
        }
    }
}
