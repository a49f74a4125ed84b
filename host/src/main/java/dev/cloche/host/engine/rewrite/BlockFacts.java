package dev.cloche.host.engine.rewrite;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// What is known of the blocks of a function, found in one walk.
final class BlockFacts {
    private final IdentityHashMap<Block, Integer> levels = new IdentityHashMap<>();
    private final Set<Block> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Block> calling = Collections.newSetFromMap(new IdentityHashMap<>());

    private BlockFacts() {}

    /// @param root the block that the function is
    static BlockFacts of(Block root) {
        var facts = new BlockFacts();
        facts.survey(root, 0);
        return facts;
    }

    /// Whether control can leave a block in another way than at its end; a trap does not count.
    boolean leaves(Block block) {
        return leaving.contains(block);
    }

    /// Whether there is a call in a block.
    boolean calls(Block block) {
        return calling.contains(block);
    }

    /// @return the level of the outermost block that is branched to from within
    private int survey(Block block, int level) {
        levels.put(block, level);
        int outermost = level;
        for (List<Node> arm : block.arms()) {
            for (Node node : arm) {
                outermost = Math.min(outermost, survey(node, block, level));
            }
        }
        if (outermost < level) {
            leaving.add(block);
        }
        return outermost;
    }

    private int survey(Node node, Block around, int level) {
        switch (node) {
            case Block inner -> {
                int outermost = survey(inner, level + 1);
                if (calling.contains(inner)) {
                    calling.add(around);
                }
                return outermost;
            }
            case Node.Jump jump -> {
                int outermost = level;
                for (Block target : jump.targets()) {
                    outermost = Math.min(outermost, levels.getOrDefault(target, level));
                }
                return outermost;
            }
            case Node.Return _ -> {
                return 0;
            }
            case Node.Plain plain
            when Opcodes.isTailCall(plain.opcode()) -> {
                calling.add(around);
                return 0;
            }
            case Node.Call _, Node.CallIndirect _ -> calling.add(around);
            default -> {
                // Goes on.
            }
        }
        return level;
    }
}
