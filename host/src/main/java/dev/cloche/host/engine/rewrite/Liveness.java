package dev.cloche.host.engine.rewrite;

import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which locals are read again, at every label and behind every node of a function.
///
/// Goes backward over the tree. A branch adds what is live at its label: of a block what is live behind it, of a
/// loop what is live at its start, which is found by going over the loop until nothing is added any more.
final class Liveness {
    private final IdentityHashMap<Block, LocalSet> atLabel = new IdentityHashMap<>();
    private final IdentityHashMap<List<Node>, LocalSet[]> behind = new IdentityHashMap<>();

    /// Looks at a whole function.
    static Liveness of(Routine routine) {
        var liveness = new Liveness();
        LocalSet atEnd = liveness.before(routine.tail(), LocalSet.EMPTY);
        liveness.atLabel.put(routine.body(), atEnd);
        liveness.before(routine.body().body(), atEnd);
        return liveness;
    }

    /// What a part of a function reads before it sets it.
    ///
    /// @param exits the labels outside of it
    /// @param atExits what is live at each of them and at its end
    static LocalSet inputs(List<Node> part, Iterable<Block> exits, LocalSet atExits) {
        var liveness = new Liveness();
        exits.forEach(exit -> liveness.atLabel.put(exit, atExits));
        return liveness.before(part, atExits);
    }

    LocalSet atLabel(Block block) {
        return atLabel.getOrDefault(block, LocalSet.EMPTY);
    }

    /// What is live behind the node at a position of an arm.
    LocalSet behind(List<Node> arm, int index) {
        LocalSet @Nullable [] sets = behind.get(arm);
        if (sets == null) {
            throw new IllegalArgumentException("not an arm of this function");
        }
        return sets[index];
    }

    private LocalSet before(List<Node> nodes, LocalSet after) {
        var sets = new LocalSet[nodes.size()];
        behind.put(nodes, sets);
        LocalSet live = after;
        for (int i = nodes.size() - 1; i >= 0; i--) {
            sets[i] = live;
            live = before(nodes.get(i), live);
        }
        return live;
    }

    private LocalSet before(Node node, LocalSet after) {
        return switch (node) {
            case Node.LocalGet get -> after.with(get.local());
            case Node.LocalSet set -> after.without(set.local());
            case Node.LocalTee tee -> after.without(tee.local());
            case Node.BranchIf branch -> after.union(atLabel(branch.target()));
            case Node.Jump jump -> atLabels(jump.targets());
            case Node.Return _ -> LocalSet.EMPTY;
            case Node.Plain plain -> plain.ends() ? LocalSet.EMPTY : after;
            case Node.Unit unit -> before(unit.nodes(), after);
            case Block block -> before(block, after);
            default -> after;
        };
    }

    private LocalSet before(Block block, LocalSet after) {
        return switch (block.kind()) {
            case BLOCK -> {
                atLabel.put(block, after);
                yield before(block.body(), after);
            }
            case IF -> {
                atLabel.put(block, after);
                LocalSet first = before(block.body(), after);
                yield first.union(block.arms().size() > 1 ? before(block.arms().getLast(), after) : after);
            }
            case LOOP -> {
                LocalSet start = atLabel(block);
                for (LocalSet found = before(block.body(), after);
                        !start.containsAll(found);
                        found = before(block.body(), after)) {
                    start = start.union(found);
                    atLabel.put(block, start);
                }
                yield start;
            }
        };
    }

    private LocalSet atLabels(List<Block> targets) {
        LocalSet live = LocalSet.EMPTY;
        for (Block target : targets) {
            live = live.union(atLabel(target));
        }
        return live;
    }
}
