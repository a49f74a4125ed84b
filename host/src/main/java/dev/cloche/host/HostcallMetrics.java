package dev.cloche.host;

import dev.cloche.host.hostcall.HostcallCounts;
import dev.cloche.host.reactor.ShardStats;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// The numbers of hostcalls and of the reactor's shards as metrics. The table in docs/metrics.md is the same.
final class HostcallMetrics {
    private static final String EXTENSION = "extension";
    private static final String LANE = "lane";
    private static final String REASON = "reason";
    private static final String SHARD = "shard";
    private static final String OTHER = "_other";

    private HostcallMetrics() {}

    /// @param labels of extensions that have series of their own
    static List<MetricSnapshot> of(HostcallPath hostcalls, Set<String> labels) {
        Map<String, HostcallCounts> counts = new TreeMap<>();
        hostcalls
                .counts()
                .forEach((extension, each) ->
                        counts.merge(labels.contains(extension) ? extension : OTHER, each, HostcallCounts::plus));
        List<ShardStats> shards = hostcalls.reactor().stats();
        return List.of(
                hostcalls(counts),
                refused(counts),
                inFlight(counts),
                shards("depth", "Hostcalls under way.", shards, ShardStats::depth),
                shards("high_water", "The most there were under way.", shards, ShardStats::highWater),
                counter("admitted", "Hostcalls taken.", shards, ShardStats::admitted),
                counter("rejected", "Hostcalls that found no room.", shards, ShardStats::rejected),
                counter("dispatched", "Hostcalls handed to a thread.", shards, ShardStats::dispatched),
                counter("answered", "Hostcalls answered by their service.", shards, ShardStats::answered),
                counter(
                        "latency_seconds",
                        "The time from admission to answer, of all together.",
                        shards,
                        stats -> (double) stats.latencyNanos() / TimeUnit.SECONDS.toNanos(1)));
    }

    private static MetricSnapshot hostcalls(Map<String, HostcallCounts> counts) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("cloche_hostcalls").help("Hostcalls, by how they were carried.");
        counts.forEach((extension, each) -> {
            Map<String, Long> byLane = new LinkedHashMap<>();
            byLane.put("immediate", each.immediate());
            byLane.put("queued", each.queued());
            byLane.put("compat", each.compat());
            byLane.forEach((lane, count) -> counter.dataPoint(point(EXTENSION, extension, LANE, lane, count)));
        });
        return counter.build();
    }

    private static MetricSnapshot refused(Map<String, HostcallCounts> counts) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("cloche_hostcalls_refused").help("Hostcalls that reached no service.");
        counts.forEach((extension, each) -> {
            counter.dataPoint(point(EXTENSION, extension, REASON, "denied", each.denied()));
            counter.dataPoint(point(EXTENSION, extension, REASON, "backpressure", each.backpressure()));
        });
        return counter.build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot point(
            String name, String value, String otherName, String otherValue, long count) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of(name, value, otherName, otherValue))
                .value((double) count)
                .build();
    }

    private static MetricSnapshot inFlight(Map<String, HostcallCounts> counts) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("cloche_hostcalls_in_flight").help("Hostcalls that wait for a service.");
        counts.forEach((extension, each) -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of(EXTENSION, extension))
                .value((double) each.inFlight())
                .build()));
        return gauge.build();
    }

    private static MetricSnapshot shards(
            String name, String help, List<ShardStats> shards, ToDoubleFunction<ShardStats> number) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("cloche_reactor_" + name).help(help);
        shards.forEach(stats -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of(SHARD, Integer.toString(stats.shard())))
                .value(number.applyAsDouble(stats))
                .build()));
        return gauge.build();
    }

    private static MetricSnapshot counter(
            String name, String help, List<ShardStats> shards, ToDoubleFunction<ShardStats> number) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("cloche_reactor_" + name).help(help);
        shards.forEach(stats -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of(SHARD, Integer.toString(stats.shard())))
                .value(number.applyAsDouble(stats))
                .build()));
        return counter.build();
    }
}
