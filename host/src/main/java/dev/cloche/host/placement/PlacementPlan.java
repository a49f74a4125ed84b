package dev.cloche.host.placement;

import dev.cloche.host.placement.Topology.Cpu;
import dev.cloche.host.placement.Topology.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which core and node each shard gets: the manifest of placement. Immutable; the same topology gives the same plan.
///
/// @param bindings one a shard, in their order; empty where the topology gives nothing to bind to
/// @param fallback why shards are not spread over nodes
public record PlacementPlan(Affinity affinity, int shards, List<Binding> bindings, Optional<Fallback> fallback) {
    /// Shards that may be placed.
    public static final int SHARDS_MAX = 64;

    public PlacementPlan {
        bindings = List.copyOf(bindings);
    }

    /// Where a shard belongs.
    ///
    /// @param core the processor, as the system counts them
    public record Binding(int shard, int core, int node) {}

    /// Spreads shards over nodes first, then over cores, then over the processors that share a core. Where there are
    /// more shards than processors, they share them.
    ///
    /// @throws IllegalArgumentException unless `1 <= shards <= SHARDS_MAX`
    public static PlacementPlan of(Topology topology, int shards, Affinity affinity) {
        if (shards < 1 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException("shards must be from 1 to " + SHARDS_MAX + ", shards=" + shards);
        }
        List<Binding> order = order(topology.computing());
        List<Binding> bindings = new ArrayList<>();
        for (int shard = 0; shard < shards && !order.isEmpty(); shard++) {
            Binding at = order.get(shard % order.size());
            bindings.add(new Binding(shard, at.core(), at.node()));
        }
        return new PlacementPlan(affinity, shards, bindings, topology.fallback());
    }

    /// All processors, each once, in the order in which shards get them.
    private static List<Binding> order(List<Node> nodes) {
        List<Deque<Cpu>> left = nodes.stream().map(PlacementPlan::coresFirst).toList();
        List<Binding> order = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < nodes.size(); i++) {
                if (!left.get(i).isEmpty()) {
                    order.add(new Binding(
                            order.size(),
                            left.get(i).remove().id(),
                            nodes.get(i).id()));
                    more = true;
                }
            }
        }
        return order;
    }

    /// One processor of each core, then the second ones, and so on.
    private static Deque<Cpu> coresFirst(Node node) {
        Map<List<Integer>, Integer> taken = new HashMap<>();
        Map<Cpu, Integer> rounds = new HashMap<>();
        for (Cpu cpu : node.cpus()) {
            rounds.put(cpu, taken.merge(List.of(cpu.socket(), cpu.core()), 1, Integer::sum));
        }
        List<Cpu> sorted = new ArrayList<>(node.cpus());
        sorted.sort(Comparator.comparingInt((Cpu cpu) -> rounds.getOrDefault(cpu, 0))
                .thenComparingInt(Cpu::id));
        return new ArrayDeque<>(sorted);
    }

    /// What is advised; empty unless the affinity is advisory.
    public List<Binding> advice() {
        return affinity == Affinity.ADVISORY ? bindings : List.of();
    }

    /// For machines; docs/placement.md shows one.
    public String toJson() {
        return PlacementJson.of(this);
    }
}
