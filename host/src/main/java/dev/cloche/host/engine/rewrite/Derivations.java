package dev.cloche.host.engine.rewrite;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Locals that a split off function can compute instead of taking them as parameters: set once, by arithmetic on
/// constants and on locals that are set once as well. Compilers keep many such values in locals, and a dispatcher
/// would pass on all that any of its members needs.
///
/// A definition is good for what follows it in its own list of code and in all code nested there: control enters
/// a list at its start only, so that whenever the later code runs, the definition has run just before, and all
/// that it reads before that.
final class Derivations {
    private static final int EXPRESSION_MAX = 6;
    private static final int CHAIN_MAX = 4;

    private final int params;
    private final int[] sets;
    private final Map<Integer, Definition> definitions = new HashMap<>();

    /// The one place where a local is set.
    ///
    /// @param value what computes it, null if that is not mere arithmetic
    private record Definition(
            List<Node> arm, int index, @Nullable List<Node> value) {}

    /// A local and what computes it.
    record Derived(int local, List<Node> value) {}

    /// What a split off function gets.
    ///
    /// @param arguments locals that it takes
    /// @param derived locals that it computes, in an order in which each reads only what is there
    record Inputs(List<Integer> arguments, List<Derived> derived) {
        Inputs {
            arguments = List.copyOf(arguments);
            derived = List.copyOf(derived);
        }
    }

    private Derivations(Routine routine) {
        this.params = routine.type().params().size();
        this.sets = new int[routine.locals().size()];
        Trees.walk(routine.body().body(), node -> {
            if (node instanceof Node.OfLocal local && !(node instanceof Node.LocalGet)) {
                sets[local.local()]++;
            }
        });
        find(routine.body().body(), new IdentityHashMap<>());
    }

    static Derivations of(Routine routine) {
        return new Derivations(routine);
    }

    /// @param at the position that is being looked at, in each list of code around it
    private void find(List<Node> arm, Map<List<Node>, Integer> at) {
        for (int i = 0; i < arm.size(); i++) {
            at.put(arm, i);
            switch (arm.get(i)) {
                case Block block -> block.arms().forEach(nested -> find(nested, at));
                case Node.Unit unit -> {
                    int index = i;
                    Trees.walk(unit.nodes(), node -> define(node, new Definition(arm, index, null)));
                }
                default -> define(arm.get(i), new Definition(arm, i, value(arm, i, at)));
            }
        }
        at.remove(arm);
    }

    private void define(Node node, Definition definition) {
        if (node instanceof Node.OfLocal local
                && !(node instanceof Node.LocalGet)
                && local.local() >= params
                && sets[local.local()] == 1) {
            definitions.put(local.local(), definition);
        }
    }

    /// The nodes before a position that compute the value on top of the operand stack there.
    private @Nullable List<Node> value(List<Node> arm, int end, Map<List<Node>, Integer> at) {
        int missing = 1;
        int start = end;
        while (missing > 0) {
            start--;
            if (start < 0 || end - start > EXPRESSION_MAX || !isArithmetic(arm.get(start), at)) {
                return null;
            }
            missing += arm.get(start).pops() - arm.get(start).pushes();
        }
        return missing == 0 ? List.copyOf(arm.subList(start, end)) : null;
    }

    private boolean isArithmetic(Node node, Map<List<Node>, Integer> at) {
        return switch (node) {
            case Node.Plain plain -> Opcodes.isArithmetic(plain.opcode());
            case Node.LocalGet get -> get.local() < params ? sets[get.local()] == 0 : isDefined(get.local(), at);
            default -> false;
        };
    }

    private boolean isDefined(int local, Map<List<Node>, Integer> at) {
        var definition = definitions.get(local);
        return definition != null && at.getOrDefault(definition.arm(), -1) > definition.index();
    }

    /// Divides what a region reads into what it must be given and what it can compute.
    Inputs inputs(Region region, LocalSet needed) {
        Map<List<Node>, Integer> at = region.positions();
        Map<Integer, Set<Integer>> derivable = new HashMap<>();
        Map<Integer, Integer> sources = new HashMap<>();
        var arguments = new TreeSet<Integer>();
        needed.stream().forEach(local -> {
            var from = new LinkedHashSet<Integer>();
            if (collect(local, at, 0, from, new LinkedHashSet<>())) {
                derivable.put(local, from);
                from.forEach(source -> sources.merge(source, 1, Integer::sum));
            } else {
                arguments.add(local);
            }
        });
        var given = Set.copyOf(arguments);
        var order = new LinkedHashSet<Integer>();
        for (int local : needed.stream().filter(derivable::containsKey).toArray()) {
            // One source in its place costs nothing, and others may need it as well; several must have another use.
            Set<Integer> from = Objects.requireNonNull(derivable.get(local));
            var missing =
                    from.stream().filter(source -> !given.contains(source)).toList();
            if (missing.size() <= 1 || missing.stream().allMatch(source -> sources.getOrDefault(source, 0) > 1)) {
                arguments.addAll(from);
                collect(local, at, 0, new LinkedHashSet<>(), order);
            } else {
                arguments.add(local);
            }
        }
        order.removeAll(arguments);
        return new Inputs(
                List.copyOf(arguments),
                order.stream().map(local -> new Derived(local, valueOf(local))).toList());
    }

    /// Finds out how a local is computed.
    ///
    /// @param depth how many locals are computed from it already
    /// @param sources gets the locals that must be there
    /// @param order gets the locals to compute, each behind those that it reads
    /// @return false if it cannot be computed where the region is
    private boolean collect(
            int local, Map<List<Node>, Integer> at, int depth, Set<Integer> sources, Set<Integer> order) {
        if (depth > CHAIN_MAX
                || !isDefined(local, at)
                || Objects.requireNonNull(definitions.get(local)).value() == null) {
            return false;
        }
        for (Node node : valueOf(local)) {
            if (node instanceof Node.LocalGet get && !collect(get.local(), at, depth + 1, sources, order)) {
                sources.add(get.local());
            }
        }
        order.add(local);
        return true;
    }

    private List<Node> valueOf(int local) {
        var definition = definitions.get(local);
        List<Node> value = definition == null ? null : definition.value();
        if (value == null) {
            throw new IllegalArgumentException("not a local that can be computed, local=" + local);
        }
        return value;
    }
}
