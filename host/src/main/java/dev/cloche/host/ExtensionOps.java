package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Entry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;

/// The operations on extensions and bundles: `extensions`, `extension`, `install`, `remove`, `check`, `inspect`.
final class ExtensionOps {
    private final Host host;

    private ExtensionOps(Host host) {
        this.host = host;
    }

    static Map<String, ControlOp> of(Host host) {
        ExtensionOps ops = new ExtensionOps(host);
        return Map.of(
                "extensions", ControlOp.of(ops::extensions),
                "extension", ControlOp.of(ops::extension, "extension"),
                "install", ControlOp.of(ops::install, "path", "zip", "by"),
                "remove", ControlOp.of(ops::remove, "extension", "by"),
                "check", ControlOp.of(ops::check, "path", "zip"),
                "inspect", ControlOp.of(ops::inspect, "path", "zip"));
    }

    private void extensions(ControlParams params, JsonGenerator json) {
        json.writeArrayPropertyStart("extensions");
        for (ExtensionInfo extension : host.extensions()) {
            json.writeStartObject();
            write(json, extension);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// The members of an extension and what its manifest asks for; none where there is no such extension.
    private void extension(ControlParams params, JsonGenerator json) {
        host.extension(params.extension()).ifPresent(extension -> {
            write(json, extension);
            strings(json, "capabilities", extension.manifest().capabilities().keySet());
        });
    }

    private void install(ControlParams params, JsonGenerator json) {
        ExtensionInfo installed = host.install(params.bundle(), params.by());
        json.writeStringProperty("id", installed.id());
        json.writeStringProperty("version", installed.manifest().version());
        json.writeStringProperty("digest", installed.digest());
    }

    private void remove(ControlParams params, JsonGenerator json) {
        json.writeBooleanProperty("removed", host.remove(params.extension(), params.by()));
    }

    private void check(ControlParams params, JsonGenerator json) {
        json.writeArrayPropertyStart("violations");
        for (Violation violation : host.check(params.bundle())) {
            json.writeStartObject();
            json.writeStringProperty("pointer", violation.pointer());
            json.writeStringProperty("message", violation.message());
            json.writeStringProperty("hint", violation.hint());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// What only the host knows of a bundle: the rest is in the bundle itself.
    private void inspect(ControlParams params, JsonGenerator json) {
        Bundle bundle = params.bundle();
        Inspection inspection = host.inspect(bundle);
        strings(json, "imports", inspection.imports());
        strings(json, "exports", inspection.exports());
        strings(json, "transformations", inspection.transformations());
        capabilities(json, "granted", inspection.granted());
        capabilities(json, "withheld", inspection.withheld());
    }

    private static void write(JsonGenerator json, ExtensionInfo extension) {
        Manifest manifest = extension.manifest();
        json.writeStringProperty("id", extension.id());
        json.writeStringProperty("version", manifest.version());
        json.writeStringProperty("kind", manifest.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("tier", extension.tier());
        json.writeStringProperty("isolates", extension.making());
        json.writeStringProperty("digest", extension.digest());
        strings(
                json,
                "entries",
                manifest.contributes().entries().stream().map(Entry::toString).toList());
    }

    private static void capabilities(JsonGenerator json, String name, List<Capability> capabilities) {
        json.writeArrayPropertyStart(name);
        for (Capability capability : capabilities) {
            json.writeStartObject();
            json.writeStringProperty("name", capability.name());
            parameters(json, capability);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// A member with the parameters of a capability.
    static void parameters(JsonGenerator json, Capability capability) {
        json.writeObjectPropertyStart("parameters");
        new TreeMap<>(capability.parameters()).forEach((name, values) -> strings(json, name, values));
        json.writeEndObject();
    }

    private static void strings(JsonGenerator json, String name, Iterable<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }
}
