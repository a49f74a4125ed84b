package dev.cloche.host.telemetry.exposition;

import dev.cloche.host.telemetry.MetricsFormat;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Writes metrics as text.
public final class TextExposition {
    private TextExposition() {}

    /// The metrics in this format, sorted by name.
    public static String of(MetricSnapshots metrics, MetricsFormat format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer(format).write(bytes, metrics);
        } catch (IOException e) {
            throw new UncheckedIOException("metrics cannot be written, format=" + format, e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static ExpositionFormatWriter writer(MetricsFormat format) {
        return switch (format) {
            case PROMETHEUS -> PrometheusTextFormatWriter.create();
            case OPEN_METRICS -> OpenMetricsTextFormatWriter.create();
        };
    }
}
