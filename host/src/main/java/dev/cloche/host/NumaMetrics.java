package dev.cloche.host;

import dev.cloche.host.engine.memory.NumaFigures;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// The numbers of slabs as metrics, most of them one series for each label `node`. A host without slabs has none. The
/// table in docs/metrics.md is the same.
final class NumaMetrics {
    private static final String PREFIX = "cloche_numa_";
    private static final String NODE = "node";
    private static final String REASON = "reason";

    private final NumaFigures figures;

    private NumaMetrics(NumaFigures figures) {
        this.figures = figures;
    }

    static List<MetricSnapshot> of(NumaFigures figures) {
        NumaMetrics metrics = new NumaMetrics(figures);
        return List.of(
                metrics.gauge(
                        "slots",
                        "Slots of the node's slab.",
                        node -> node.slots().capacity()),
                metrics.gauge(
                        "slots_in_use",
                        "Slots that have a memory.",
                        node -> node.slots().inUse()),
                metrics.gauge(
                        "slots_high_water",
                        "Most slots that had one.",
                        node -> node.slots().highWater()),
                metrics.gauge(
                        "slots_lost",
                        "Slots that are not used again.",
                        node -> node.slots().lost()),
                metrics.gauge("slab_bytes", "Address space of the node's slab.", NumaFigures.Node::capacityBytes),
                metrics.gauge("huge_bytes", "What of it lies on huge pages.", NumaFigures.Node::hugeBytes),
                metrics.gauge("bound", "Whether the slab is bound to its node.", node -> node.bindErrno() == 0 ? 1 : 0),
                metrics.counter("allocations", "Slots taken.", NumaFigures.Node::allocations),
                metrics.counter("frees", "Slots freed.", NumaFigures.Node::frees),
                metrics.counter("stale_frees", "Attempts to free a slot again.", NumaFigures.Node::stale),
                reasons("across_nodes", "Memories that have a slot of another node.", figures.acrossNodes()),
                reasons("outside", "Memories that have no slot.", figures.outside()));
    }

    private MetricSnapshot gauge(String name, String help, ToLongFunction<NumaFigures.Node> number) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name(PREFIX + name).help(help);
        figures.nodes()
                .forEach(node -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(labels(node))
                        .value((double) number.applyAsLong(node))
                        .build()));
        return gauge.build();
    }

    private MetricSnapshot counter(String name, String help, ToLongFunction<NumaFigures.Node> number) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(PREFIX + name).help(help);
        figures.nodes().forEach(node -> counter.dataPoint(count(labels(node), number.applyAsLong(node))));
        return counter.build();
    }

    private static MetricSnapshot reasons(String name, String help, Map<String, Long> counts) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(PREFIX + name).help(help);
        counts.forEach((reason, number) -> counter.dataPoint(count(Labels.of(REASON, reason), number)));
        return counter.build();
    }

    private static Labels labels(NumaFigures.Node node) {
        return Labels.of(NODE, String.valueOf(node.node()));
    }

    private static CounterDataPointSnapshot count(Labels labels, long number) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) number)
                .build();
    }
}
