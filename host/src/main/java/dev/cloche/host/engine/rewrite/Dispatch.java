package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The common call site of a group: each member becomes a selector and a branch to it; it calls a dispatcher,
/// which calls the member's function.
///
/// ```
/// home:  block skip
///          block shared
///            (what the home was; in place of a member: selector = its number, br shared)
///            br skip
///          end
///          dispatcher(inputs of all members, selector), unpack, branch
///        end
/// ```
///
/// Where a branch table leads to members, they are numbered by its entries, and the entries go to the call site
/// at once.
final class Dispatch {
    private final Routine routine;
    private final Group group;
    private final List<Member> members;
    private final Block shared;
    private final Node.@Nullable BranchTable table;
    private final IdentityHashMap<Block, Integer> landings = new IdentityHashMap<>();
    private final int[] selectors;
    private final List<Integer> memberOf = new ArrayList<>();

    /// A member and the function that it has become.
    record Member(Region region, Outlined outlined) {}

    Dispatch(Routine routine, Group group, List<Member> members, BranchTables tables) {
        this.routine = routine;
        this.group = group;
        this.members = List.copyOf(members);
        this.shared = new Block(
                Block.Kind.BLOCK, new Signature(group.home().block().type().params(), List.of()));
        this.selectors = new int[members.size()];
        for (int i = 0; i < members.size(); i++) {
            Block landing = members.get(i).region().landing();
            if (landing != null) {
                landings.put(landing, i);
            }
        }
        this.table = tables.leadingTo(landings);
        number();
    }

    /// Members that the table leads to have the numbers of its entries, the others come behind.
    private void number() {
        Arrays.fill(selectors, -1);
        if (table != null) {
            for (Block target : BranchTables.entries(table)) {
                int member = landings.getOrDefault(target, -1);
                if (member >= 0 && selectors[member] < 0) {
                    selectors[member] = memberOf.size();
                }
                memberOf.add(Math.max(member, 0));
            }
        }
        for (int i = 0; i < selectors.length; i++) {
            if (selectors[i] < 0) {
                selectors[i] = memberOf.size();
                memberOf.add(i);
            }
        }
    }

    /// What stands in place of the members.
    List<Replacement> stubs() {
        var stubs = new ArrayList<Replacement>();
        for (int i = 0; i < members.size(); i++) {
            List<Node> nodes = List.of(
                    Instructions.i32(selectors[i]), new Node.LocalSet(routine.selector()), new Node.Branch(shared));
            stubs.add(new Replacement(members.get(i).region(), List.of(new Node.Unit(nodes, 0, 0, false))));
        }
        return stubs;
    }

    /// Adds the short cuts of its table, if it has one.
    void collectShortCuts(Map<Node.BranchTable, Map<Block, Block>> byTable) {
        if (table != null) {
            var sites = byTable.computeIfAbsent(table, key -> new IdentityHashMap<>());
            landings.keySet().forEach(landing -> sites.put(landing, shared));
        }
    }

    /// Makes the dispatcher and puts the call site around what the home is now.
    void install(ModuleModel module) {
        var handover = members.getFirst().outlined().handover();
        var inputs = new TreeSet<Integer>();
        members.forEach(member -> inputs.addAll(member.outlined().arguments()));
        var arguments = new ArrayList<>(inputs);
        var params = new ArrayList<ValueType>();
        arguments.forEach(local -> params.add(routine.typeOf(local)));
        params.add(ValueType.I32);
        var type = new Signature(params, handover.results());
        int dispatcher = module.declare(type);
        module.define(dispatcher, dispatcher(type, arguments));
        arguments.add(routine.selector());
        wrap(CallSite.of(routine, dispatcher, type, arguments, handover, group.boundary()));
    }

    private Body dispatcher(Signature type, List<Integer> inputs) {
        var root = new Block(Block.Kind.BLOCK, new Signature(List.of(), type.results()));
        var calls = new ArrayList<Block>();
        members.forEach(member -> calls.add(Block.plain()));
        var targets = memberOf.stream().map(calls::get).toList();
        List<Node> nodes = List.of(new Node.LocalGet(inputs.size()), new Node.BranchTable(targets));
        for (int i = 0; i < members.size(); i++) {
            var outlined = members.get(i).outlined();
            calls.get(i).body().addAll(nodes);
            nodes = new ArrayList<>();
            nodes.add(calls.get(i));
            for (Integer argument : outlined.arguments()) {
                nodes.add(new Node.LocalGet(inputs.indexOf(argument)));
            }
            nodes.add(new Node.Call(outlined.callee().index(), outlined.callee().type()));
            nodes.add(new Node.Return(type.results().size()));
        }
        root.body().addAll(nodes);
        return new Body(type, type.params(), root);
    }

    private void wrap(Node.Unit site) {
        var home = group.home().nodes();
        var skip = new Block(Block.Kind.BLOCK, group.home().block().type());
        shared.body().addAll(home);
        if (home.isEmpty() || !home.getLast().ends()) {
            shared.body().add(new Node.Branch(skip));
        }
        skip.body().add(shared);
        skip.body().add(site);
        home.clear();
        home.add(skip);
    }
}
