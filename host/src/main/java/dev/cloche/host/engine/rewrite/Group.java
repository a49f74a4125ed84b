package dev.cloche.host.engine.rewrite;

import java.util.List;

/// Regions of one function that set the same outputs and leave by the same labels, so that one call site serves
/// them all.
///
/// @param boundary outputs and exits of all of them together; none completes
/// @param home the innermost arm whose block is an exit: from there all exits can be reached
record Group(List<Member> members, Boundary boundary, Region.Arm home) {

    /// @param part the nodes of the region, and the branch to what follows it if it would go on there
    record Member(Region region, List<Node> part) {
        Member {
            part = List.copyOf(part);
        }
    }

    Group {
        members = List.copyOf(members);
    }
}
