package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The common call site of a group: each member becomes a selector and a branch to it; it calls a dispatcher, which
/// calls
/// the member's function.
///
/// ```
/// home:  block skip
///          block shared
///            (what the home was; in place of member i: selector = i, br shared)
///            br skip
///          end
///          dispatcher(inputs of all members, selector), unpack, branch
///        end
/// ```
final class Dispatch {
    private final Routine routine;
    private final Group group;
    private final List<Member> members;
    private final Block shared;

    /// A member and the function that it has become.
    record Member(Region region, Outlined outlined) {}

    Dispatch(Routine routine, Group group, List<Member> members) {
        this.routine = routine;
        this.group = group;
        this.members = List.copyOf(members);
        this.shared = new Block(
                Block.Kind.BLOCK, new Signature(group.home().block().type().params(), List.of()));
    }

    /// What stands in place of the members.
    List<Replacement> stubs() {
        var stubs = new ArrayList<Replacement>();
        for (int i = 0; i < members.size(); i++) {
            List<Node> nodes =
                    List.of(Instructions.i32(i), new Node.LocalSet(routine.selector()), new Node.Branch(shared));
            stubs.add(new Replacement(members.get(i).region(), nodes));
        }
        return stubs;
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
        var site = CallSite.of(routine, dispatcher, type, arguments, handover, group.boundary());
        wrap(site);
    }

    private Body dispatcher(Signature type, List<Integer> inputs) {
        var root = new Block(Block.Kind.BLOCK, new Signature(List.of(), type.results()));
        var targets = new ArrayList<Block>();
        members.forEach(member -> targets.add(Block.plain()));
        List<Node> nodes = List.of(new Node.LocalGet(inputs.size()), new Node.BranchTable(targets));
        for (int i = 0; i < members.size(); i++) {
            var outlined = members.get(i).outlined();
            targets.get(i).body().addAll(nodes);
            nodes = new ArrayList<>();
            nodes.add(targets.get(i));
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
