package dev.cloche.host;

import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.NumaFigures;
import dev.cloche.host.placement.Affinity;
import dev.cloche.host.placement.Fallback;
import dev.cloche.host.placement.PlacementPlan;
import dev.cloche.host.placement.Topology;
import dev.cloche.host.system.NativeAccess;
import dev.cloche.host.system.SystemFiles;
import dev.cloche.host.telemetry.Check;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The doctor's checks of where work and memory are placed: `reactor.topology`, `reactor.placement`, `engine.numa`.
/// Their details are what docs/placement.md shows.
final class PlacementChecks {
    private static final String TOPOLOGY = "reactor.topology";
    private static final String PLACEMENT = "reactor.placement";
    private static final String NUMA = "engine.numa";
    private static final String REACTOR = "reactor";
    private static final String ENGINE = "engine";

    private PlacementChecks() {}

    static List<Check> of(ReactorConfig reactor, Memories memories) {
        return of(reactor, memories, SystemFiles.OWN);
    }

    static List<Check> of(ReactorConfig reactor, Memories memories, SystemFiles files) {
        return List.of(() -> placement(reactor, Topology.read(files)), () -> List.of(numa(memories)));
    }

    private static List<Finding> placement(ReactorConfig reactor, Topology topology) {
        PlacementPlan plan = reactor.placement(topology).plan();
        boolean wanted = plan.affinity() != Affinity.DISABLED;
        return List.of(topology(topology, wanted), plan(plan));
    }

    private static Finding topology(Topology topology, boolean wanted) {
        long cpus = topology.computing().stream()
                .mapToLong(node -> node.cpus().size())
                .sum();
        String message = "nodes=" + topology.nodes().size() + " cpus=" + cpus + " fallback="
                + label(topology.fallback()) + notes(topology);
        boolean well =
                topology.fallback().isEmpty() || topology.fallback().get() == Fallback.SINGLE_NUMA_NODE || !wanted;
        return finding(
                TOPOLOGY,
                REACTOR,
                well,
                message,
                "let the process see /sys and /proc, or set reactor.affinity to disabled",
                topology.toJson());
    }

    private static String notes(Topology topology) {
        return topology.notes().isEmpty() ? "" : " notes=" + topology.notes();
    }

    private static String label(Optional<Fallback> fallback) {
        return fallback.map(Fallback::label).orElse("none");
    }

    private static Finding plan(PlacementPlan plan) {
        String where = plan.bindings().stream()
                .map(binding -> "shard" + binding.shard() + ":core" + binding.core() + ":node" + binding.node())
                .collect(Collectors.joining(","));
        String message = "affinity=" + plan.affinity().label() + " shards=" + plan.shards() + " fallback="
                + label(plan.fallback()) + " bindings=" + (where.isEmpty() ? "none" : where);
        Optional<String> objection = plan.affinity() == Affinity.STRICT ? NativeAccess.unavailable() : Optional.empty();
        boolean well = objection.isEmpty()
                && (plan.affinity() == Affinity.DISABLED || !plan.bindings().isEmpty());
        return finding(
                PLACEMENT,
                REACTOR,
                well,
                objection
                        .map(reason -> message + ", threads cannot be pinned: " + reason)
                        .orElse(message),
                "mend what the message names, or set reactor.affinity to disabled",
                plan.toJson());
    }

    private static Finding numa(Memories memories) {
        return memories.numa()
                .map(PlacementChecks::slabs)
                .orElseGet(() -> finding(
                        NUMA,
                        ENGINE,
                        true,
                        "memories have no slabs: numa.enabled is off, or they are heap arrays, foreign="
                                + memories.foreign(),
                        "",
                        ""));
    }

    private static Finding slabs(NumaFigures figures) {
        String nodes = figures.nodes().stream().map(PlacementChecks::slab).collect(Collectors.joining("; "));
        String message = (nodes.isEmpty() ? "no node has a slab" : nodes) + ", fallback="
                + (figures.fallback().isEmpty() ? "none" : figures.fallback()) + " across-nodes="
                + sum(figures.acrossNodes()) + " outside=" + sum(figures.outside()) + " unbound=" + figures.unbound()
                + " huge-share=" + figures.hugeShare()
                + (figures.problems().isEmpty() ? "" : " problems=" + figures.problems());
        return finding(
                NUMA,
                ENGINE,
                sound(figures),
                message,
                "docs/placement.md says for each reason what helps",
                figures.toJson());
    }

    private static String slab(NumaFigures.Node node) {
        return "node=" + node.node() + " slots=" + node.slots().capacity() + " in-use="
                + node.slots().inUse() + " high-water=" + node.slots().highWater() + " allocations="
                + node.allocations() + " frees=" + node.frees() + " bound=" + (node.bindErrno() == 0)
                + " huge-pages=" + (node.hugeFallback().isEmpty() ? "used" : node.hugeFallback());
    }

    private static boolean sound(NumaFigures figures) {
        return !figures.nodes().isEmpty()
                && figures.unbound() == 0
                && figures.nodes().stream().allMatch(PlacementChecks::sound);
    }

    /// Huge pages that are not asked for are not missed.
    private static boolean sound(NumaFigures.Node node) {
        boolean pages = node.hugeFallback().isEmpty() || node.hugeFallback().equals("disabled");
        return pages && node.bindErrno() == 0 && node.slots().lost() == 0 && node.stale() == 0;
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Finding finding(
            String id, String area, boolean well, String message, String remedy, String details) {
        return new Finding(id, area, well ? Level.OK : Level.WARNING, message, well ? "" : remedy, details);
    }
}
