package dev.cloche.host.engine.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Splits one function until it is small enough, and what was split off from it as well.
///
/// A round looks for regions, takes those that save most until the target is reached, and puts calls in their place.
/// What
/// is live is found anew in each round, and with it what goes in and out of the regions.
final class Splitter {
    /// A round that saves less than this part is the last one.
    private static final double GAIN_MIN = 0.01;

    private static final int STUB_BYTES = 8;
    private static final int ENTRY_BYTES = 20;
    private static final int ARGUMENT_BYTES = 2;

    private final ModuleModel module;
    private final SplitOptions options;
    private final Outliner outliner;
    private final GroupSearch groups;
    private final Map<String, Integer> refusals = new HashMap<>();
    private final Deque<Routine> pieces = new ArrayDeque<>();
    private int outlined;
    private int dispatchers;

    Splitter(ModuleModel module, SplitOptions options, Scratch scratch) {
        this.module = module;
        this.options = options;
        this.outliner = new Outliner(module, scratch);
        this.groups = new GroupSearch(options);
    }

    /// How many regions have become functions.
    int outlined() {
        return outlined;
    }

    int dispatchers() {
        return dispatchers;
    }

    /// Why parts stayed where they are, and how often.
    Map<String, Integer> refusals() {
        return refusals;
    }

    /// Splits a function and defines it and everything split off from it.
    ///
    /// @return its new estimated size
    int split(Routine root, int target) {
        int bytes = reduce(root, target);
        module.define(root.index(), root.toBody());
        while (!pieces.isEmpty()) {
            var piece = pieces.removeFirst();
            if (piece.generation() < options.generationsMax()
                    && CodeSize.of(options.costs(), piece) > options.limitBytes()) {
                reduce(piece, options.targetBytes());
            }
            module.define(piece.index(), piece.toBody());
        }
        return bytes;
    }

    private int reduce(Routine routine, int target) {
        int bytes = CodeSize.of(options.costs(), routine);
        boolean anySize = false;
        for (int round = 0; round < options.roundsMax() && bytes > target; round++) {
            int before = bytes;
            // A region much larger than what must go would take the function's main loop with it, which is worth it
            // only
            // if there is no other way below the limit.
            int largest = anySize ? options.regionMaxBytes() : (bytes - target) * 5 / 4;
            round(routine, bytes - target, Math.min(largest, options.regionMaxBytes()));
            bytes = CodeSize.of(options.costs(), routine);
            if (before - bytes < before * GAIN_MIN) {
                if (anySize || bytes <= options.limitBytes()) {
                    break;
                }
                anySize = true;
            }
        }
        return bytes;
    }

    /// @param excess how many bytes should go
    private void round(Routine routine, int excess, int regionMaxBytes) {
        var liveness = Liveness.of(routine);
        var derivations = Derivations.of(routine);
        var regions = new RegionSearch(
                        routine, liveness, options, regionMaxBytes, reason -> refusals.merge(reason, 1, Integer::sum))
                .search();
        var chosen = choose(routine, derivations, regions, excess);
        var replacements = new ArrayList<Replacement>();
        var dispatches = new ArrayList<Dispatch>();
        var tables = BranchTables.of(routine);
        Set<Region> grouped = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Group group : groups.search(chosen)) {
            var members = new ArrayList<Dispatch.Member>();
            for (Group.Member member : group.members()) {
                grouped.add(member.region());
                members.add(new Dispatch.Member(
                        member.region(),
                        outline(routine, derivations, member.region(), member.part(), group.boundary())));
            }
            divided(members).forEach(part -> dispatches.add(new Dispatch(routine, group, part, tables)));
        }
        dispatches.forEach(dispatch -> replacements.addAll(dispatch.stubs()));
        for (Region region : chosen) {
            if (!grouped.contains(region)) {
                var outlined = outline(routine, derivations, region, region.nodes(), region.boundary());
                var callee = outlined.callee();
                replacements.add(new Replacement(
                        region,
                        List.of(CallSite.of(
                                routine,
                                callee.index(),
                                callee.type(),
                                outlined.arguments(),
                                outlined.handover(),
                                region.boundary()))));
            }
        }
        Replacement.apply(replacements);
        Map<Node.BranchTable, Map<Block, Block>> shortCuts = new IdentityHashMap<>();
        dispatches.forEach(dispatch -> dispatch.collectShortCuts(shortCuts));
        shortCuts.forEach((table, sites) -> BranchTables.shorten(routine, table, sites));
        dispatches.forEach(dispatch -> dispatch.install(module));
        DeadCode.remove(routine);
        dispatchers += dispatches.size();
    }

    private Outlined outline(
            Routine routine, Derivations derivations, Region region, List<Node> part, Boundary boundary) {
        var result = outliner.outline(
                routine,
                part,
                boundary,
                derivations.inputs(region, Liveness.inputs(part, boundary.exits(), boundary.outputs())));
        pieces.add(result.callee());
        outlined++;
        return result;
    }

    /// The regions that save most, until enough is saved.
    private List<Region> choose(Routine routine, Derivations derivations, List<Region> regions, int excess) {
        Set<Region> grouped = Collections.newSetFromMap(new IdentityHashMap<>());
        groups.search(regions).forEach(group -> group.members().forEach(member -> grouped.add(member.region())));
        var gains = new IdentityHashMap<Region, Integer>();
        regions.forEach(region -> gains.put(
                region,
                region.bytes() - (grouped.contains(region) ? STUB_BYTES : siteBytes(routine, derivations, region))));
        var byGain = new ArrayList<>(regions);
        byGain.removeIf(region -> gains.get(region) < options.gainMinBytes());
        byGain.sort(Comparator.comparingInt((Region each) -> -gains.get(each)));
        var chosen = new ArrayList<Region>();
        for (int left = excess; left > 0 && !byGain.isEmpty(); left -= gains.get(chosen.getLast())) {
            // The smallest of those that save enough alone; else the one that saves most.
            int next = 0;
            while (next + 1 < byGain.size() && gains.get(byGain.get(next + 1)) >= left) {
                next++;
            }
            chosen.add(byGain.remove(next));
        }
        return chosen;
    }

    /// What the call in place of a region would need.
    private int siteBytes(Routine routine, Derivations derivations, Region region) {
        var boundary = region.boundary();
        var arguments = derivations
                .inputs(region, Liveness.inputs(region.nodes(), boundary.exits(), boundary.outputs()))
                .arguments();
        var handover = Handover.plan(boundary, routine.locals(), Scratch.NONE);
        var site = CallSite.of(routine, 0, Signature.NONE, arguments, handover, boundary);
        return new CodeSize(options.costs(), routine.type().params().size(), routine.locals()).of(site);
    }

    /// Members that need few parameters are kept apart from those that need many, since every call passes what any of
    /// them
    /// needs; and no dispatcher may become too large itself.
    private List<List<Dispatch.Member>> divided(List<Dispatch.Member> members) {
        Map<Integer, Integer> uses = new HashMap<>();
        members.forEach(member -> member.outlined().arguments().forEach(local -> uses.merge(local, 1, Integer::sum)));
        Set<Integer> common = new HashSet<>(uses.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(options.dispatcherParametersMax())
                .map(Map.Entry::getKey)
                .toList());
        var narrow = new ArrayList<Dispatch.Member>();
        var wide = new ArrayList<Dispatch.Member>();
        members.forEach(member -> (common.containsAll(member.outlined().arguments()) ? narrow : wide).add(member));
        var parts = new ArrayList<List<Dispatch.Member>>();
        parts.addAll(bySize(narrow));
        parts.addAll(bySize(wide));
        return parts;
    }

    private List<List<Dispatch.Member>> bySize(List<Dispatch.Member> members) {
        var parts = new ArrayList<List<Dispatch.Member>>();
        int bytes = options.limitBytes();
        for (Dispatch.Member member : members) {
            int entry =
                    ENTRY_BYTES + ARGUMENT_BYTES * member.outlined().arguments().size();
            if (bytes + entry > options.limitBytes()) {
                parts.add(new ArrayList<>());
                bytes = entry;
            }
            bytes += entry;
            parts.getLast().add(member);
        }
        return parts;
    }
}
