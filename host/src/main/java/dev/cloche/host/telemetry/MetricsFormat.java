package dev.cloche.host.telemetry;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;

/// How metrics are written down.
public enum MetricsFormat {
    /// The text format of Prometheus, version 0.0.4.
    // Both names are constants: looking them up loads nothing of the library.
    PROMETHEUS(PrometheusTextFormatWriter.CONTENT_TYPE),
    /// OpenMetrics, version 1.0.0.
    OPEN_METRICS(OpenMetricsTextFormatWriter.CONTENT_TYPE);

    private final String contentType;

    MetricsFormat(String contentType) {
        this.contentType = contentType;
    }

    /// What HTTP calls it.
    public String contentType() {
        return contentType;
    }
}
