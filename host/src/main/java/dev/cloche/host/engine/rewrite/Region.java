package dev.cloche.host.engine.rewrite;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A run of statements that can be made a function of its own. The operand stack is empty before and behind it.
///
/// @param path the arms around it, outermost first; it lies in the last one
/// @param start the first of its nodes
/// @param end the first node behind it
/// @param bytes its estimated size
record Region(List<Arm> path, int start, int end, int bytes, Boundary boundary) {

    /// One of the lists of code in a block.
    ///
    /// @param at where the block stands in the list around it
    record Arm(Block block, List<Node> nodes, int at) {}

    Region {
        path = List.copyOf(path);
    }

    List<Node> arm() {
        return path.getLast().nodes();
    }

    List<Node> nodes() {
        return arm().subList(start, end);
    }

    /// The block right before the region, if a branch to it leads here and carries nothing.
    @Nullable
    Block landing() {
        return start > 0
                        && arm().get(start - 1) instanceof Block block
                        && block.kind() != Block.Kind.LOOP
                        && block.labelTypes().isEmpty()
                ? block
                : null;
    }

    /// Where the region is in each of the lists of code around it.
    Map<List<Node>, Integer> positions() {
        IdentityHashMap<List<Node>, Integer> positions = new IdentityHashMap<>();
        for (int i = 0; i < path.size(); i++) {
            positions.put(
                    path.get(i).nodes(), i + 1 < path.size() ? path.get(i + 1).at() : start);
        }
        return positions;
    }

    /// Puts something in its place. What stood behind it goes if it can no longer be reached.
    void replace(List<Node> by) {
        var nodes = arm();
        nodes.subList(start, by.getLast().ends() ? nodes.size() : end).clear();
        nodes.addAll(start, by);
    }
}
