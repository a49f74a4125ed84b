package dev.cloche.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.pool.Acquisition;
import dev.cloche.host.pool.Histogram;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.pool.RetireReason;
import dev.cloche.host.telemetry.MetricsFormat;
import dev.cloche.host.telemetry.exposition.TextExposition;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolMetricsTest {
    private static final Histogram WAITS = new Histogram(List.of(0.001, 0.5), List.of(3L, 0L, 2L), 7.25);
    private static final Histogram CREATIONS = new Histogram(List.of(0.001, 0.5), List.of(0L, 9L, 0L), 1.5);

    private static ExpositionText expose(Map<String, PoolStats> pools) {
        MetricSnapshots metrics = new MetricSnapshots(PoolMetrics.of(pools));
        return ExpositionText.parse(TextExposition.of(metrics, MetricsFormat.PROMETHEUS));
    }

    private static PoolStats stats() {
        Map<RetireReason, Long> retired = new EnumMap<>(PoolStats.zero().retired());
        retired.put(RetireReason.MAX_USES, 31L);
        Map<Acquisition.Reason, Long> rejections =
                new EnumMap<>(PoolStats.zero().rejections());
        rejections.put(Acquisition.Reason.QUEUE_FULL, 41L);
        rejections.put(Acquisition.Reason.TIMEOUT, 1L);
        return new PoolStats(1, 2, 3, 4, 5, 6, 9, 8, retired, 1L << 50, rejections, 11, 12, WAITS, CREATIONS);
    }

    @Test
    void everyNumberHasItsMetric() {
        ExpositionText metrics = expose(Map.of("one", stats()));
        assertThat(metrics.sample("cloche_pool_idle", "extension", "one")).isEqualTo(1);
        assertThat(metrics.sample("cloche_pool_in_use", "extension", "one")).isEqualTo(2);
        assertThat(metrics.sample("cloche_pool_suspended", "extension", "one")).isEqualTo(3);
        assertThat(metrics.sample("cloche_pool_size", "extension", "one")).isEqualTo(1 + 2 + 4 + 5);
        assertThat(metrics.sample("cloche_pool_waiting", "extension", "one")).isEqualTo(6);
        assertThat(metrics.sample("cloche_pool_created_total", "extension", "one"))
                .isEqualTo(9);
        assertThat(metrics.sample("cloche_pool_create_failures_total", "extension", "one"))
                .isEqualTo(8);
        assertThat(metrics.sample("cloche_pool_leaked_total", "extension", "one"))
                .isEqualTo(11);
        assertThat(metrics.sample("cloche_pool_reset_total", "extension", "one"))
                .isEqualTo(12);
        assertThat(metrics.sample("cloche_pool_acquire_total", "extension", "one", "outcome", "acquired"))
                .isEqualTo(1L << 50);
        assertThat(metrics.sample("cloche_pool_acquire_total", "extension", "one", "outcome", "rejected"))
                .isEqualTo(42);
        assertThat(metrics.sample("cloche_pool_acquire_errors_total", "extension", "one", "reason", "queue_full"))
                .isEqualTo(41);
        assertThat(metrics.sample("cloche_pool_retired_total", "extension", "one", "reason", "max_uses"))
                .isEqualTo(31);
    }

    @Test
    void bucketsAreCumulative() {
        ExpositionText metrics = expose(Map.of("one", stats()));
        String buckets = "cloche_pool_acquire_wait_seconds_bucket";
        assertThat(metrics.sample(buckets, "extension", "one", "le", "0.001")).isEqualTo(3);
        assertThat(metrics.sample(buckets, "extension", "one", "le", "0.5")).isEqualTo(3);
        assertThat(metrics.sample(buckets, "extension", "one", "le", "+Inf")).isEqualTo(5);
        assertThat(metrics.sample("cloche_pool_acquire_wait_seconds_sum", "extension", "one"))
                .isEqualTo(7.25);
        assertThat(metrics.sample("cloche_pool_create_seconds_count", "extension", "one"))
                .isEqualTo(9);
    }

    @Test
    void valuesOfLabelsAreEscaped() {
        String odd = "a\"b\\c\nd,e=\"f\"} 1 é";
        ExpositionText metrics = expose(Map.of(odd, stats()));
        assertThat(metrics.sample("cloche_pool_idle", "extension", odd)).isEqualTo(1);
        assertThat(metrics.samples("cloche_pool_idle")).hasSize(1);
    }

    @Test
    void withoutPoolsThereIsNothing() {
        assertThat(expose(Map.of("one", stats())).types()).hasSize(14);
        MetricSnapshots none = new MetricSnapshots(PoolMetrics.of(Map.of()));
        assertThat(TextExposition.of(none, MetricsFormat.PROMETHEUS)).isEmpty();
    }
}
