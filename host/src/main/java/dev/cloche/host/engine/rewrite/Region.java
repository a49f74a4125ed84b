package dev.cloche.host.engine.rewrite;

import java.util.List;

/// A run of statements that can be made a function of its own. The operand stack is empty before and behind it.
///
/// @param path the arms around it, outermost first; it lies in the last one
/// @param start the first of its nodes
/// @param end the first node behind it
/// @param bytes its estimated size
record Region(List<Arm> path, int start, int end, int bytes, Boundary boundary) {

    /// One of the lists of code in a block.
    record Arm(Block block, List<Node> nodes) {}

    Region {
        path = List.copyOf(path);
    }

    List<Node> arm() {
        return path.getLast().nodes();
    }

    List<Node> nodes() {
        return arm().subList(start, end);
    }

    /// Puts something in its place. What stood behind it goes if it can no longer be reached.
    void replace(List<Node> by) {
        var nodes = arm();
        nodes.subList(start, by.getLast().ends() ? nodes.size() : end).clear();
        nodes.addAll(start, by);
    }
}
