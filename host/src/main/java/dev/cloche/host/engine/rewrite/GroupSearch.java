package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds groups among regions.
final class GroupSearch {
    /// A label is not given up for the sake of this part of the members that it does not enclose.
    private static final double ENCLOSED = 0.97;

    private final SplitOptions options;

    GroupSearch(SplitOptions options) {
        this.options = options;
    }

    /// @param regions of one function, none within another
    List<Group> search(List<Region> regions) {
        if (options.groups().membersMin() == 0
                || regions.size() < options.groups().regionsMin()) {
            return List.of();
        }
        Map<LocalSet, List<Candidate>> byOutputs = new LinkedHashMap<>();
        for (Region region : regions) {
            candidate(region)
                    .ifPresent(candidate -> byOutputs
                            .computeIfAbsent(region.boundary().outputs(), key -> new ArrayList<>())
                            .add(candidate));
        }
        var groups = new ArrayList<Group>();
        byOutputs.forEach((outputs, candidates) -> group(outputs, candidates).ifPresent(groups::add));
        return groups;
    }

    /// A region that can be in a group, and its exits, reaching its end being one of them.
    private record Candidate(Group.Member member, Set<Block> exits) {
        Region region() {
            return member.region();
        }

        boolean isIn(Block block) {
            return region().path().stream().anyMatch(arm -> arm.block() == block);
        }
    }

    private static Optional<Candidate> candidate(Region region) {
        var exits = new LinkedHashSet<>(region.boundary().exits());
        var part = new ArrayList<>(region.nodes());
        if (region.boundary().completes()) {
            Block next = next(region);
            if (next == null) {
                return Optional.empty();
            }
            exits.add(next);
            part.add(new Node.Branch(next));
        }
        return exits.isEmpty() ? Optional.empty() : Optional.of(new Candidate(new Group.Member(region, part), exits));
    }

    /// The block at whose end control is when the region completes, if no code is in between.
    private static @Nullable Block next(Region region) {
        int end = region.end();
        for (int i = region.path().size() - 1; i >= 0; i--) {
            var arm = region.path().get(i);
            var block = arm.block();
            if (end != arm.nodes().size() || !block.type().results().isEmpty()) {
                return null;
            }
            if (block.kind() != Block.Kind.LOOP) {
                return block;
            }
            end = arm.at() + 1;
        }
        return null;
    }

    @SuppressWarnings("ReferenceEquality") // Lists of code are told apart by identity.
    private Optional<Group> group(LocalSet outputs, List<Candidate> all) {
        Map<Block, Integer> votes = new LinkedHashMap<>();
        all.forEach(candidate -> candidate.exits().forEach(exit -> votes.merge(exit, 1, Integer::sum)));
        var exits = new LinkedHashSet<Block>();
        List<Candidate> members = all;
        var popular = votes.entrySet().stream()
                .sorted(Map.Entry.<Block, Integer>comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toList();
        for (Block exit : popular) {
            var enclosed = members.stream().filter(member -> member.isIn(exit)).toList();
            if (enclosed.size() >= members.size() * ENCLOSED) {
                exits.add(exit);
                members = enclosed;
            }
        }
        members = members.stream()
                .filter(member -> exits.containsAll(member.exits()))
                .toList();
        if (members.isEmpty() || exits.size() > options.groups().exitsMax()) {
            return Optional.empty();
        }
        var home = home(members.getFirst().region(), exits);
        var atHome = members.stream()
                .map(Candidate::member)
                .filter(member -> member.region().path().stream().anyMatch(arm -> arm.nodes() == home.nodes()))
                .toList();
        if (atHome.size() < options.groups().membersMin()) {
            return Optional.empty();
        }
        return Optional.of(new Group(atHome, new Boundary(List.copyOf(exits), false, outputs), home));
    }

    private static Region.Arm home(Region region, Set<Block> exits) {
        for (Region.Arm arm : region.path().reversed()) {
            if (exits.contains(arm.block())) {
                return arm;
            }
        }
        throw new IllegalStateException("a region without any of its exits around it");
    }
}
