package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;

/// The call of a split off function: arguments, call, unpacking of everything it gives back, and the branch to
/// where it went. One unit, because between the call and the last read of a scratch global nothing else may run.
final class CallSite {
    private CallSite() {}

    /// @param arguments locals of the caller
    /// @param boundary the ways out, in the order in which they are numbered
    static Node.Unit of(
            Routine caller, int callee, Signature type, List<Integer> arguments, Handover handover, Boundary boundary) {
        var nodes = new ArrayList<Node>();
        arguments.forEach(argument -> nodes.add(new Node.LocalGet(argument)));
        nodes.add(new Node.Call(callee, type));
        handover.unpack(caller, nodes);
        List<Block> exits = boundary.exits();
        switch (boundary.ways()) {
            case 0 -> nodes.add(Instructions.UNREACHABLE);
            case 1 -> exits.forEach(exit -> nodes.add(new Node.Branch(exit)));
            case 2 -> {
                nodes.add(new Node.BranchIf(exits.getLast()));
                if (!boundary.completes()) {
                    nodes.add(new Node.Branch(exits.getFirst()));
                }
            }
            default -> {
                return new Node.Unit(byTable(nodes, boundary), 0, 0, false);
            }
        }
        return new Node.Unit(nodes, 0, 0, false);
    }

    /// Branches by a table. Going on behind the site is a branch as well then, out of a block around it.
    private static List<Node> byTable(List<Node> nodes, Boundary boundary) {
        if (!boundary.completes()) {
            nodes.add(new Node.BranchTable(boundary.exits()));
            return nodes;
        }
        var site = Block.plain();
        var targets = new ArrayList<Block>();
        targets.add(site);
        targets.addAll(boundary.exits());
        site.body().addAll(nodes);
        site.body().add(new Node.BranchTable(targets));
        return List.of(site);
    }
}
