package dev.cloche.host.engine.rewrite;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Questions about trees.
final class Trees {
    private Trees() {}

    /// Shows every node, those around others first.
    static void walk(List<Node> nodes, Consumer<Node> visitor) {
        for (Node node : nodes) {
            visitor.accept(node);
            switch (node) {
                case Block block -> block.arms().forEach(arm -> walk(arm, visitor));
                case Node.Unit unit -> walk(unit.nodes(), visitor);
                default -> {
                    // A leaf.
                }
            }
        }
    }

    /// Whether control may leave the function for another one.
    static boolean hasTailCall(List<Node> nodes) {
        boolean[] found = {false};
        walk(nodes, node -> found[0] |= node instanceof Node.Plain plain && Opcodes.isTailCall(plain.opcode()));
        return found[0];
    }

    /// The blocks outside of the nodes that they branch to, in the order of the first branch.
    static Set<Block> exits(List<Node> nodes) {
        Set<Block> inside = Collections.newSetFromMap(new IdentityHashMap<>());
        var exits = new LinkedHashSet<Block>();
        walk(nodes, node -> {
            if (node instanceof Block block) {
                inside.add(block);
            } else if (node instanceof Node.Jump jump) {
                jump.targets().stream()
                        .filter(target -> !inside.contains(target))
                        .forEach(exits::add);
            }
        });
        return exits;
    }

    /// Whether some of the nodes must stay in their function.
    static boolean isFixed(List<Node> nodes) {
        return nodes.stream().anyMatch(node -> switch (node) {
            case Node.Unit unit -> unit.fixed();
            case Block block -> block.arms().stream().anyMatch(Trees::isFixed);
            default -> false;
        });
    }

    /// Whether control never leaves the nodes at their end.
    static boolean neverCompletes(List<Node> nodes) {
        return nodes.stream().anyMatch(Trees::neverCompletes);
    }

    private static boolean neverCompletes(Node node) {
        if (!(node instanceof Block block)) {
            return node.ends();
        }
        boolean allArmsEnd = block.arms().stream().allMatch(Trees::neverCompletes);
        if (!allArmsEnd || (block.kind() == Block.Kind.IF && block.arms().size() == 1)) {
            return false;
        }
        return block.kind() == Block.Kind.LOOP || !isTarget(block);
    }

    private static boolean isTarget(Block block) {
        boolean[] found = {false};
        block.arms()
                .forEach(arm -> walk(
                        arm,
                        node -> found[0] |=
                                node instanceof Node.Jump jump && jump.targets().contains(block)));
        return found[0];
    }
}
