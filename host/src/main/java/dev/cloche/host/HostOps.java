package dev.cloche.host;

import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.MetricsFormat;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// The operations on the host as a whole: `ping`, `doctor`, `metrics`, `pool.stats`, `pool.resize`.
final class HostOps {
    private final Host host;

    private HostOps(Host host) {
        this.host = host;
    }

    static Map<String, ControlOp> of(Host host) {
        HostOps ops = new HostOps(host);
        return Map.of(
                "ping", ControlOp.of(ops::ping),
                "doctor", ControlOp.of(ops::doctor, "only"),
                "metrics", ControlOp.of(ops::metrics, "load"),
                "pool.stats", ControlOp.of(ops::pools),
                "pool.resize", ControlOp.of(ops::resize, "extension", "min", "max"));
    }

    private void ping(ControlParams params, JsonGenerator json) {
        json.writeStringProperty("release", HostVersion.RELEASE);
        json.writeNumberProperty("pid", ProcessHandle.current().pid());
        json.writeStringProperty("home", host.parts().home().toString());
    }

    private void doctor(ControlParams params, JsonGenerator json) {
        Set<String> areas = Set.copyOf(params.texts("only"));
        json.writeArrayPropertyStart("findings");
        (areas.isEmpty() ? host.doctor() : host.doctor(areas)).forEach(finding -> write(json, finding));
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Finding finding) {
        json.writeStartObject();
        json.writeStringProperty("id", finding.id());
        json.writeStringProperty("area", finding.area());
        json.writeStringProperty("level", finding.level().label());
        json.writeStringProperty("message", finding.message());
        json.writeStringProperty("remedy", finding.remedy());
        if (!finding.details().isEmpty()) {
            json.writeName("details");
            json.writeRawValue(finding.details());
        }
        json.writeEndObject();
    }

    /// With `load`, those of everything that is installed, whether it was needed so far or not.
    private void metrics(ControlParams params, JsonGenerator json) {
        if (params.flag("load")) {
            var _ = host.extensions();
        }
        json.writeStringProperty("text", host.metrics(MetricsFormat.PROMETHEUS));
    }

    private void pools(ControlParams params, JsonGenerator json) {
        json.writeArrayPropertyStart("pools");
        host.parts().poolStats().forEach((extension, stats) -> write(json, extension, stats));
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String extension, PoolStats stats) {
        json.writeStartObject();
        json.writeStringProperty("extension", extension);
        json.writeNumberProperty("live", stats.live());
        json.writeNumberProperty("idle", stats.idle());
        json.writeNumberProperty("in_use", stats.inUse());
        json.writeNumberProperty("suspended", stats.suspended());
        json.writeNumberProperty("waiting", stats.waiting());
        json.writeNumberProperty("created", stats.created());
        json.writeNumberProperty("failed", stats.creationFailures());
        json.writeNumberProperty("retired", stats.retiredTotal());
        json.writeNumberProperty("leases", stats.acquires());
        json.writeNumberProperty("refused", stats.rejectionsTotal());
        json.writeNumberProperty("leaked", stats.leaked());
        json.writeEndObject();
    }

    private void resize(ControlParams params, JsonGenerator json) {
        json.writeBooleanProperty(
                "resized", host.resizePool(params.extension(), params.integer("min"), params.integer("max")));
    }
}
