package dev.cloche.host;

import dev.cloche.host.engine.ExecutionPermits;
import dev.cloche.host.engine.memory.MemoryFigures;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.pool.HostIsolates;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.telemetry.MetricsFormat;
import dev.cloche.host.telemetry.exposition.TextExposition;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;

/// The metrics of one host. Nothing is recorded for them: they are read off what is counted anyhow, when they are asked
/// for. The table in docs/metrics.md is the same.
final class HostMetrics {
    private HostMetrics() {}

    /// All of them, as text.
    static String text(Engines engines, Extensions extensions, HostcallPath hostcalls, MetricsFormat format) {
        MetricSnapshots.Builder metrics = MetricSnapshots.builder();
        metrics.metricSnapshot(gauge(
                "extensions", "Extensions that are loaded.", extensions.loaded().size()));
        turns(metrics, engines.watchdog().permits());
        isolates(metrics, engines.pools().isolates());
        memory(metrics, engines.memories().figures());
        engines.memories().numa().ifPresent(figures -> NumaMetrics.of(figures).forEach(metrics::metricSnapshot));
        Map<String, PoolStats> pools = extensions.poolTotals();
        PoolMetrics.of(pools).forEach(metrics::metricSnapshot);
        HostcallMetrics.of(hostcalls, pools.keySet()).forEach(metrics::metricSnapshot);
        return TextExposition.of(metrics.build(), format);
    }

    private static void turns(MetricSnapshots.Builder metrics, ExecutionPermits permits) {
        metrics.metricSnapshot(gauge("turns_max", "Guests that may run at the same time.", permits.total()))
                .metricSnapshot(gauge("turns_running", "Guests that run.", permits.running()))
                .metricSnapshot(gauge("turns_waiting", "Guests that wait for their turn to run.", permits.waiting()));
    }

    private static void isolates(MetricSnapshots.Builder metrics, HostIsolates isolates) {
        metrics.metricSnapshot(gauge("isolates", "Isolates there are, without those suspended.", isolates.taken()))
                .metricSnapshot(gauge("isolates_max", "Isolates that there may be.", isolates.max()));
    }

    private static void memory(MetricSnapshots.Builder metrics, MemoryFigures figures) {
        metrics.metricSnapshot(gauge("memories", "Memories of isolates that are not freed.", figures.live()))
                .metricSnapshot(gauge(
                        "memories_quarantined",
                        "Memories of closed isolates that a guest has not left.",
                        figures.quarantined()))
                .metricSnapshot(gauge("image_bytes", "Images that isolates are stamped from.", figures.imageBytes()))
                .metricSnapshot(gauge("mappings", "Mappings taken by all hosts of the process.", figures.mappings()))
                .metricSnapshot(gauge("mappings_max", "Mappings that they may take.", figures.mappingsMax()));
    }

    private static MetricSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name("cloche_" + name)
                .help(help)
                .dataPoint(
                        GaugeDataPointSnapshot.builder().value((double) value).build())
                .build();
    }
}
