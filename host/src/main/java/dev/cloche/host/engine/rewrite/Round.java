package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// One going over a function: looks for regions, takes those that save most until enough is saved, and puts calls
/// in their place. What is live is found anew each time, and with it what goes into the regions and comes out of
/// them.
final class Round {
    /// A selector and a branch, in place of a member of a group.
    private static final int STUB_BYTES = 8;

    private final ModuleModel module;
    private final Routine routine;
    private final SplitOptions options;
    private final Outliner outliner;
    private final GroupSearch groups;
    private final Liveness liveness;
    private final Derivations derivations;
    private final List<Routine> pieces = new ArrayList<>();
    private final List<Replacement> replacements = new ArrayList<>();
    private final List<Dispatch> dispatches = new ArrayList<>();

    Round(ModuleModel module, Routine routine, SplitOptions options, Scratch scratch) {
        this.module = module;
        this.routine = routine;
        this.options = options;
        this.outliner = new Outliner(module, scratch);
        this.groups = new GroupSearch(options);
        this.liveness = Liveness.of(routine);
        this.derivations = Derivations.of(routine);
    }

    /// What was split off.
    List<Routine> pieces() {
        return pieces;
    }

    int dispatchers() {
        return dispatches.size();
    }

    /// @param excess how many bytes should go
    /// @param largest what is larger is not moved as a whole
    /// @param refused told why parts stay
    void run(int excess, int largest, Consumer<String> refused) {
        var regions = new RegionSearch(routine, liveness, options, largest, refused).search();
        var chosen = choose(regions, excess);
        Set<Region> single = identitySet();
        single.addAll(chosen);
        var tables = BranchTables.of(routine);
        for (Group group : groups.search(chosen)) {
            group.members().forEach(member -> single.remove(member.region()));
            connect(group, tables);
        }
        IdentityHashMap<Node.BranchTable, Map<Block, Block>> shortCuts = new IdentityHashMap<>();
        dispatches.forEach(dispatch -> dispatch.collectShortCuts(shortCuts));
        chosen.stream()
                .filter(single::contains)
                .filter(region -> !BranchTables.containsOne(region.nodes(), shortCuts.keySet()))
                .forEach(this::call);
        Replacement.apply(replacements);
        shortCuts.forEach((table, sites) -> BranchTables.shorten(routine, table, sites));
        dispatches.forEach(dispatch -> dispatch.install(module));
    }

    private void connect(Group group, BranchTables tables) {
        var members = new ArrayList<Dispatch.Member>();
        for (Group.Member member : group.members()) {
            var outlined = outline(member.region(), member.part(), group.boundary());
            members.add(new Dispatch.Member(member.region(), outlined));
        }
        for (List<Dispatch.Member> part : DispatcherParts.of(members, options)) {
            var dispatch = new Dispatch(routine, group, part, tables);
            replacements.addAll(dispatch.stubs());
            dispatches.add(dispatch);
        }
    }

    private void call(Region region) {
        var outlined = outline(region, region.nodes(), region.boundary());
        var callee = outlined.callee();
        var site = CallSite.of(
                routine, callee.index(), callee.type(), outlined.arguments(), outlined.handover(), region.boundary());
        replacements.add(new Replacement(region, List.of(site)));
    }

    private Outlined outline(Region region, List<Node> part, Boundary boundary) {
        var result = outliner.outline(routine, part, boundary, inputs(region, part, boundary));
        pieces.add(result.callee());
        return result;
    }

    private Derivations.Inputs inputs(Region region, List<Node> part, Boundary boundary) {
        return derivations.inputs(region, Liveness.inputs(part, boundary.exits(), boundary.outputs()));
    }

    /// The regions that save most, until enough is saved.
    private List<Region> choose(List<Region> regions, int excess) {
        Set<Region> grouped = identitySet();
        groups.search(regions).forEach(group -> group.members().forEach(member -> grouped.add(member.region())));
        IdentityHashMap<Region, Integer> gains = new IdentityHashMap<>();
        for (Region region : regions) {
            gains.put(region, region.bytes() - (grouped.contains(region) ? STUB_BYTES : siteBytes(region)));
        }
        var byGain = new ArrayList<>(regions);
        byGain.removeIf(
                region -> gains.getOrDefault(region, 0) < options.regions().gainMinBytes());
        byGain.sort(Comparator.comparingInt((Region each) -> -gains.getOrDefault(each, 0)));
        var chosen = new ArrayList<Region>();
        for (int left = excess; left > 0 && !byGain.isEmpty(); left -= gains.getOrDefault(chosen.getLast(), 0)) {
            // The smallest of those that save enough alone; else the one that saves most.
            int next = 0;
            while (next + 1 < byGain.size() && gains.getOrDefault(byGain.get(next + 1), 0) >= left) {
                next++;
            }
            chosen.add(byGain.remove(next));
        }
        return chosen;
    }

    /// What the call in place of a region would need.
    private int siteBytes(Region region) {
        var boundary = region.boundary();
        var arguments = inputs(region, region.nodes(), boundary).arguments();
        var handover = Handover.plan(boundary, routine.locals(), Scratch.NONE);
        var site = CallSite.of(routine, 0, Signature.NONE, arguments, handover, boundary);
        return new CodeSize(options.costs(), routine.type().params().size(), routine.locals()).of(site);
    }

    private static <T> Set<T> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
