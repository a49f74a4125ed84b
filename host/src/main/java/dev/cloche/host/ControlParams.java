package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Payload;
import dev.cloche.host.control.ControlException;
import dev.cloche.host.control.ControlException.Code;
import dev.cloche.host.control.ControlProtocol;
import dev.cloche.host.ledger.TriggeredBy;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The parameters of one operation. What an operation does not take is refused: what is asked for and not done would go
/// unnoticed otherwise.
final class ControlParams {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(ControlProtocol.REQUEST_BYTES_MAX)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonNode json;

    private ControlParams(JsonNode json) {
        this.json = json;
    }

    /// @param known what may be there
    /// @throws ControlException if it is no object, or something else is there
    static ControlParams parse(String text, Set<String> known) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new ControlException(Code.USAGE, "the params are not JSON: " + e.getOriginalMessage(), e);
        }
        if (!json.isObject()) {
            throw new ControlException(Code.USAGE, "the params must be an object");
        }
        for (String name : json.propertyNames()) {
            if (!known.contains(name)) {
                throw new ControlException(
                        Code.USAGE, "there is no such parameter, parameter=" + name + " known=" + known);
            }
        }
        return new ControlParams(json);
    }

    Optional<String> optional(String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw wrong(name, "a text");
        }
        return Optional.of(value.asString());
    }

    String text(String name) {
        return optional(name).orElseThrow(() -> wrong(name, "a text"));
    }

    OptionalLong number(String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(name, "a whole number");
        }
        return OptionalLong.of(value.asLong());
    }

    int integer(String name) {
        JsonNode value = json.path(name);
        if (!value.isInt()) {
            throw wrong(name, "a whole number");
        }
        return value.asInt();
    }

    boolean flag(String name) {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.asBoolean(false);
    }

    /// A list of texts; empty where there is none.
    List<String> texts(String name) {
        JsonNode value = json.path(name);
        if (!value.isMissingNode() && !value.isArray()) {
            throw wrong(name, "an array of texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : value) {
            if (!each.isString()) {
                throw wrong(name, "an array of texts");
            }
            texts.add(each.asString());
        }
        return texts;
    }

    /// `extension`: an id, or [HostConfig#EVERY_EXTENSION].
    String extension() {
        return text("extension");
    }

    /// `by`: who wants it; a program, where nothing is said.
    TriggeredBy by() {
        return switch (optional("by").orElse("api")) {
            case "user" -> TriggeredBy.USER;
            case "api" -> TriggeredBy.API;
            default -> throw wrong("by", "user or api");
        };
    }

    /// `capability`, its name, and `parameters`, an object of arrays of texts.
    Capability capability() {
        Map<String, List<String>> parameters = new TreeMap<>();
        JsonNode given = json.path("parameters");
        if (!given.isMissingNode() && !given.isObject()) {
            throw wrong("parameters", "an object of arrays of texts");
        }
        ControlParams each = new ControlParams(given);
        given.propertyNames().forEach(name -> parameters.put(name, each.texts(name)));
        return new Capability(text("capability"), parameters);
    }

    /// `payload` in Base64, or `text`; empty where there is neither.
    Payload payload() {
        Optional<String> text = optional("text");
        Optional<String> encoded = optional("payload");
        if (text.isPresent() && encoded.isPresent()) {
            throw new ControlException(Code.USAGE, "give the payload as text or in Base64, not both, parameter=text");
        }
        return encoded.map(base64 -> Payload.wrap(decoded("payload", base64)))
                .or(() -> text.map(Payload::text))
                .orElse(Payload.EMPTY);
    }

    /// `timeout_ms` and `fuel`.
    CallOptions options() {
        CallOptions options = CallOptions.DEFAULT;
        OptionalLong timeout = number("timeout_ms");
        if (timeout.isPresent()) {
            options = options.withTimeout(Duration.ofMillis(timeout.getAsLong()));
        }
        OptionalLong fuel = number("fuel");
        return fuel.isPresent() ? options.withFuel(fuel.getAsLong()) : options;
    }

    /// `path` of a bundle that this process can read, or `zip`, its bytes in Base64.
    Bundle bundle() {
        Optional<String> path = optional("path");
        Optional<String> zip = optional("zip");
        if (path.isPresent() == zip.isPresent()) {
            throw new ControlException(Code.USAGE, "name a bundle by one of two parameters, parameters=path,zip");
        }
        return path.map(ControlParams::bundleAt)
                .orElseGet(() -> BundleReader.readZip("bundle", decoded("zip", zip.orElse(""))));
    }

    private static Bundle bundleAt(String text) {
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw new ControlException(Code.USAGE, "a bundle's path must be absolute, path=" + text);
            }
            if (!Files.exists(path)) {
                throw new ControlException(Code.USAGE, "the host finds no such bundle, path=" + text);
            }
            return BundleReader.read(path);
        } catch (InvalidPathException e) {
            throw new ControlException(Code.USAGE, "it is no path: " + e.getReason() + ", path=" + text, e);
        }
    }

    private static byte[] decoded(String name, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new ControlException(Code.USAGE, "it is not Base64: " + e.getMessage() + ", parameter=" + name, e);
        }
    }

    private static ControlException wrong(String name, String form) {
        return new ControlException(Code.USAGE, "it must be " + form + ", parameter=" + name);
    }
}
