package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Makes a function of a part of another one.
///
/// It is given the locals that the part reads before it sets them, with all outputs taken as read at every way
/// out: an output that is set on one of them only must have come in to go out by another. Some it can compute
/// itself.
final class Outliner {
    private final ModuleModel module;
    private final Scratch scratch;

    Outliner(ModuleModel module, Scratch scratch) {
        this.module = module;
        this.scratch = scratch;
    }

    /// @param part is left as it is; the new function gets a copy
    Outlined outline(Routine caller, List<Node> part, Boundary boundary, Derivations.Inputs inputs) {
        List<Integer> arguments = inputs.arguments();
        var handover = Handover.plan(boundary, caller.locals(), scratch);
        var params = arguments.stream().map(caller::typeOf).toList();
        var type = new Signature(params, handover.results());
        var callee = new Routine(module.declare(type), caller.generation() + 1, type, params, Block.plain());
        var filling = new Filling(caller, callee, arguments);
        derive(filling, inputs.derived());
        fill(filling, part, boundary, handover);
        return new Outlined(callee, arguments, handover);
    }

    /// A function that is being made, and which of its locals stands for which of the caller's.
    private record Filling(Routine caller, Routine callee, Map<Integer, Integer> locals) {
        Filling(Routine caller, Routine callee, List<Integer> arguments) {
            this(caller, callee, new HashMap<>());
            arguments.forEach(argument -> locals.put(argument, locals.size()));
        }

        int local(int ofCaller) {
            return locals.computeIfAbsent(ofCaller, local -> callee.addLocal(caller.typeOf(local)));
        }
    }

    private static void derive(Filling filling, List<Derivations.Derived> derived) {
        var nodes = filling.callee().body().body();
        for (Derivations.Derived each : derived) {
            new Copier(Map.of(), filling::local).copy(each.value(), nodes);
            nodes.add(new Node.LocalSet(filling.local(each.local())));
        }
    }

    private static void fill(Filling filling, List<Node> part, Boundary boundary, Handover handover) {
        var callee = filling.callee();
        int way = boundary.ways() > 1 ? callee.addLocal(ValueType.I32) : Handover.NOTHING;
        var labels = new IdentityHashMap<Block, Block>();
        int first = boundary.completes() ? 1 : 0;
        for (int i = 0; i < boundary.exits().size(); i++) {
            // Way 0 is what the local for the way starts as: such an exit leaves at once.
            labels.put(boundary.exits().get(i), first + i == 0 ? callee.body() : Block.plain());
        }
        List<Node> nodes = new ArrayList<>();
        new Copier(labels, filling::local).copy(part, nodes);
        if (boundary.completes() && boundary.ways() > 1) {
            nodes.add(new Node.Branch(callee.body()));
        }
        for (int i = 0; i < boundary.exits().size(); i++) {
            Block label = Objects.requireNonNull(labels.get(boundary.exits().get(i)));
            if (label != callee.body()) {
                label.body().addAll(nodes);
                nodes = new ArrayList<>();
                nodes.add(label);
                nodes.add(Instructions.i32(first + i));
                nodes.add(new Node.LocalSet(way));
                nodes.add(new Node.Branch(callee.body()));
            }
        }
        if (nodes.getLast() instanceof Node.Branch branch && branch.target() == callee.body() && leavesNothing(nodes)) {
            nodes.removeLast();
        }
        callee.body().body().addAll(nodes);
        List<Integer> outputs = handover.outputs().stream().map(filling::local).toList();
        callee.tail().add(handover.epilogue(callee, outputs, way));
    }

    /// Whether the last node, a branch, has no operands to unwind, so that falling off the end is the same.
    private static boolean leavesNothing(List<Node> nodes) {
        return nodes.subList(0, nodes.size() - 1).stream()
                        .mapToInt(node -> node.pushes() - node.pops())
                        .sum()
                == 0;
    }
}
