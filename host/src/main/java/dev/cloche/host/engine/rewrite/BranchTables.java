package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The branch tables of a function, and their short cuts: an entry that leads to nothing but a stub goes to the
/// stub's call site at once, with the table's own operand as the selector.
final class BranchTables {
    private final List<Node.BranchTable> tables = new ArrayList<>();

    static BranchTables of(Routine routine) {
        var found = new BranchTables();
        Trees.walk(routine.body().body(), node -> {
            if (node instanceof Node.BranchTable table) {
                found.tables.add(table);
            }
        });
        return found;
    }

    /// The table that leads to most of the blocks.
    Node.@Nullable BranchTable leadingTo(Map<Block, ?> blocks) {
        Node.BranchTable best = null;
        long most = 0;
        for (Node.BranchTable table : tables) {
            long entries = entries(table).stream()
                    .filter(blocks::containsKey)
                    .distinct()
                    .count();
            if (entries > most) {
                most = entries;
                best = table;
            }
        }
        return best;
    }

    /// The targets of a table but the last, which takes whatever operand there is.
    static List<Block> entries(Node.BranchTable table) {
        return table.targets().subList(0, table.targets().size() - 1);
    }

    /// Whether one of the tables is among the nodes.
    static boolean containsOne(List<Node> nodes, Set<Node.BranchTable> tables) {
        boolean[] found = {false};
        Trees.walk(nodes, node -> found[0] |= node instanceof Node.BranchTable table && tables.contains(table));
        return found[0];
    }

    /// Puts short cuts into a table.
    ///
    /// @param sites the call site's label for each block that leads to a stub only
    static void shorten(Routine routine, Node.BranchTable table, Map<Block, Block> sites) {
        replace(routine.body(), table, shortened(routine, table, sites));
    }

    private static Node.Unit shortened(Routine routine, Node.BranchTable table, Map<Block, Block> sites) {
        var targets = new ArrayList<Block>();
        entries(table).forEach(target -> targets.add(sites.getOrDefault(target, target)));
        targets.add(table.targets().getLast());
        return new Node.Unit(List.of(new Node.LocalTee(routine.selector()), new Node.BranchTable(targets)), 1, 0, true);
    }

    @SuppressWarnings("ReferenceEquality") // Nodes are told apart by identity.
    private static boolean replace(Block block, Node.BranchTable table, Node.Unit by) {
        for (List<Node> arm : block.arms()) {
            for (int i = 0; i < arm.size(); i++) {
                Node node = arm.get(i);
                if (node == table
                        || (node instanceof Node.Unit unit && unit.nodes().getLast() == table)) {
                    arm.set(i, by);
                    return true;
                }
                if (node instanceof Block nested && replace(nested, table, by)) {
                    return true;
                }
            }
        }
        return false;
    }
}
