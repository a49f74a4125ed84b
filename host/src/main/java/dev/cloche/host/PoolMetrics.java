package dev.cloche.host;

import dev.cloche.host.pool.Acquisition;
import dev.cloche.host.pool.Histogram;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.pool.RetireReason;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// The numbers of pools as metrics, one series for each label `extension`. The table in docs/metrics.md is the same.
final class PoolMetrics {
    private static final String EXTENSION = "extension";
    private static final String REASON = "reason";
    private static final String OUTCOME = "outcome";
    private static final String PREFIX = "cloche_pool_";

    private final Map<String, PoolStats> pools;

    private PoolMetrics(Map<String, PoolStats> pools) {
        this.pools = pools;
    }

    /// @param pools by label
    static List<MetricSnapshot> of(Map<String, PoolStats> pools) {
        PoolMetrics metrics = new PoolMetrics(pools);
        return List.of(
                metrics.counters("acquire", "Leases asked for.", OUTCOME, PoolMetrics::outcomes),
                metrics.counters("acquire_errors", "Leases refused.", REASON, PoolMetrics::rejections),
                metrics.histogram(
                        "acquire_wait",
                        "How long callers queued, for a lease or in vain; those that did not are in the first bucket.",
                        PoolStats::waits),
                metrics.gauge("size", "Isolates: idle, in use, being made, being closed.", PoolStats::live),
                metrics.gauge("idle", "Isolates that nobody uses.", PoolStats::idle),
                metrics.gauge("in_use", "Isolates that are leased.", PoolStats::inUse),
                metrics.gauge(
                        "suspended",
                        "Isolates that do not count: their calls wait for other calls.",
                        PoolStats::suspended),
                metrics.gauge("waiting", "Callers that wait for an isolate.", PoolStats::waiting),
                metrics.counter("created", "Isolates made.", PoolStats::created),
                metrics.histogram("create", "How long it took to make them.", PoolStats::creations),
                metrics.counter("create_failures", "Isolates that could not be made.", PoolStats::creationFailures),
                metrics.counters("retired", "Isolates taken out for good.", REASON, PoolMetrics::retirements),
                metrics.counter("reset", "Isolates made pristine again between two leases.", PoolStats::resets),
                metrics.counter("leaked", "Leases that were not closed in time, or never.", PoolStats::leaked));
    }

    private static Map<String, Long> outcomes(PoolStats stats) {
        return Map.of("acquired", stats.acquires(), "rejected", stats.rejectionsTotal());
    }

    private static Map<String, Long> rejections(PoolStats stats) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Acquisition.Reason reason : Acquisition.Reason.values()) {
            counts.put(reason.label(), stats.rejections().getOrDefault(reason, 0L));
        }
        return counts;
    }

    private static Map<String, Long> retirements(PoolStats stats) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (RetireReason reason : RetireReason.values()) {
            counts.put(reason.label(), stats.retired().getOrDefault(reason, 0L));
        }
        return counts;
    }

    private MetricSnapshot gauge(String name, String help, ToLongFunction<PoolStats> number) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name(PREFIX + name).help(help);
        pools.forEach((extension, stats) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of(EXTENSION, extension))
                .value((double) number.applyAsLong(stats))
                .build()));
        return gauge.build();
    }

    private MetricSnapshot counter(String name, String help, ToLongFunction<PoolStats> number) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(PREFIX + name).help(help);
        pools.forEach((extension, stats) ->
                counter.dataPoint(count(Labels.of(EXTENSION, extension), number.applyAsLong(stats))));
        return counter.build();
    }

    private MetricSnapshot counters(
            String name, String help, String label, Function<PoolStats, Map<String, Long>> numbers) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(PREFIX + name).help(help);
        pools.forEach((extension, stats) -> numbers.apply(stats)
                .forEach((value, number) ->
                        counter.dataPoint(count(Labels.of(EXTENSION, extension, label, value), number))));
        return counter.build();
    }

    private static CounterDataPointSnapshot count(Labels labels, long number) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) number)
                .build();
    }

    private MetricSnapshot histogram(String name, String help, Function<PoolStats, Histogram> numbers) {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name(PREFIX + name + "_seconds")
                .unit(Unit.SECONDS)
                .help(help);
        pools.forEach((extension, stats) -> {
            Histogram times = numbers.apply(stats);
            histogram.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(Labels.of(EXTENSION, extension))
                    .classicHistogramBuckets(buckets(times))
                    .sum(times.sum())
                    .build());
        });
        return histogram.build();
    }

    private static ClassicHistogramBuckets buckets(Histogram times) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < times.bounds().size(); i++) {
            buckets.bucket(times.bounds().get(i), times.counts().get(i));
        }
        return buckets.bucket(Double.POSITIVE_INFINITY, times.counts().getLast())
                .build();
    }
}
