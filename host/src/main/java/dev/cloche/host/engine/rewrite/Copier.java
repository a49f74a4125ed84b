package dev.cloche.host.engine.rewrite;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// Copies nodes into another function: locals get other numbers, and branches out of the nodes other labels.
final class Copier {
    private final IdentityHashMap<Block, Block> labels = new IdentityHashMap<>();
    private final IntUnaryOperator locals;

    /// @param exits what stands for the labels outside of the nodes
    /// @param locals the new number of a local
    Copier(Map<Block, Block> exits, IntUnaryOperator locals) {
        exits.forEach(labels::put);
        this.locals = locals;
    }

    void copy(List<Node> nodes, List<Node> to) {
        nodes.forEach(node -> to.add(copy(node)));
    }

    private Node copy(Node node) {
        return switch (node) {
            case Block block -> copy(block);
            case Node.OfLocal local -> local.on(locals.applyAsInt(local.local()));
            case Node.Branch branch -> new Node.Branch(label(branch.target()));
            case Node.BranchIf branch -> new Node.BranchIf(label(branch.target()));
            case Node.BranchTable table ->
                new Node.BranchTable(table.targets().stream().map(this::label).toList());
            case Node.Unit unit ->
                new Node.Unit(unit.nodes().stream().map(this::copy).toList(), unit.pops(), unit.pushes(), unit.fixed());
            default -> node;
        };
    }

    private Block copy(Block block) {
        var copy = new Block(block.kind(), block.type());
        labels.put(block, copy);
        copy(block.body(), copy.body());
        if (block.arms().size() > 1) {
            copy(block.arms().getLast(), copy.otherwise());
        }
        return copy;
    }

    private Block label(Block target) {
        var label = labels.get(target);
        if (label == null) {
            throw new IllegalStateException("a label outside of the nodes that nothing stands for");
        }
        return label;
    }
}
