package dev.cloche.host.bundle;

import dev.cloche.host.call.EntryKind;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Turns a manifest's JSON, once it is known to be valid, into a [Manifest], with a default for all that it does not
/// say.
final class ManifestReader {
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final String ANY_OBJECT = "{\"type\":\"object\"}";
    private static final String ANY_VERSION = "*";

    private ManifestReader() {}

    /// Reads and checks a manifest.
    ///
    /// @return its JSON as far as it could be read, valid or not
    static Optional<JsonNode> json(byte[] bytes, Violations violations) {
        Optional<JsonNode> manifest = ManifestJson.read(bytes, violations);
        manifest.ifPresent(json -> {
            ManifestSchema.manifest().check(json, violations);
            ManifestChecks.check(json, violations);
        });
        return manifest;
    }

    /// @param json a manifest without violations
    static Manifest manifest(JsonNode json) {
        Manifest.Kind kind = kind(json.path("kind").asString()).orElseThrow();
        return new Manifest(
                json.path("name").asString(),
                json.path("version").asString(),
                kind,
                json.path("entry").asString(),
                abi(json.path("abi").asString("")).orElse(defaultAbi(kind)),
                json.path("description").asString(""),
                json.path("license").asString(""),
                capabilities(json.path("capabilities")),
                contributions(json.path("contributes")),
                limits(json.path("limits")),
                pool(json.path("pool")),
                engine(json),
                depends(json.path("depends")),
                json.path("requires").path("host").asString(ANY_VERSION));
    }

    static Optional<Manifest.Kind> kind(String label) {
        return Stream.of(Manifest.Kind.values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(label))
                .findFirst();
    }

    static Optional<Manifest.Abi> abi(String label) {
        return Stream.of(Manifest.Abi.values())
                .filter(abi -> abi.label().equals(label))
                .findFirst();
    }

    static Manifest.Abi defaultAbi(Manifest.Kind kind) {
        return switch (kind) {
            case WASM -> Manifest.Abi.CLOCHE_V1;
            case SCRIPT -> Manifest.Abi.SCRIPT_V1;
        };
    }

    /// A number of bytes, written as a number or with a unit.
    static OptionalLong size(JsonNode node) {
        if (node.isString()) {
            return Quantity.bytes(node.asString());
        }
        BigInteger value = node.bigIntegerValue();
        return value.abs().compareTo(LONG_MAX) > 0 ? OptionalLong.empty() : OptionalLong.of(value.longValue());
    }

    private static SortedMap<String, Capability> capabilities(JsonNode json) {
        SortedMap<String, Capability> capabilities = new TreeMap<>();
        for (Map.Entry<String, JsonNode> capability : json.properties()) {
            Map<String, List<String>> parameters = new TreeMap<>();
            capability
                    .getValue()
                    .properties()
                    .forEach(parameter -> parameters.put(parameter.getKey(), texts(parameter.getValue())));
            capabilities.put(capability.getKey(), new Capability(capability.getKey(), parameters));
        }
        return capabilities;
    }

    private static List<String> texts(JsonNode value) {
        List<String> texts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(item -> texts.add(item.asString()));
        } else {
            texts.add(value.asString());
        }
        return List.copyOf(texts);
    }

    private static Contributions contributions(JsonNode json) {
        List<Contributions.Hook> hooks = new ArrayList<>();
        json.path("hooks").forEach(hook -> hooks.add(hook(hook)));
        List<Contributions.Tool> tools = new ArrayList<>();
        json.path("tools")
                .forEach(tool -> tools.add(new Contributions.Tool(
                        tool.path("name").asString(),
                        tool.path("description").asString(""),
                        tool.has("parameters") ? tool.path("parameters").toString() : ANY_OBJECT)));
        List<Contributions.Command> commands = new ArrayList<>();
        json.path("commands")
                .forEach(command -> commands.add(new Contributions.Command(
                        command.path("name").asString(),
                        command.path("description").asString(""))));
        return new Contributions(hooks, tools, commands);
    }

    private static Contributions.Hook hook(JsonNode json) {
        return new Contributions.Hook(
                json.path("name").asString(),
                json.path("kind").asString().equals(EntryKind.ACTION.label()) ? EntryKind.ACTION : EntryKind.FILTER,
                json.path("priority").asInt(Contributions.Hook.DEFAULT_PRIORITY),
                json.path("failure").asString("").equals("fail")
                        ? Contributions.FailurePolicy.FAIL
                        : Contributions.FailurePolicy.SKIP);
    }

    private static LimitRequests limits(JsonNode json) {
        return new LimitRequests(
                json.has("timeout") ? duration(json, "timeout", Duration.ZERO) : null,
                amount(json, "memory"),
                amount(json, "payload"),
                amount(json, "output"),
                amount(json, "log"),
                amount(json, "hostcalls"),
                amount(json, "timers"),
                amount(json, "microtasks"),
                amount(json, "fuel"));
    }

    private static @Nullable Long amount(JsonNode json, String field) {
        return json.has(field) ? (Long) size(json.path(field)).orElseThrow() : null;
    }

    private static PoolSettings pool(JsonNode json) {
        PoolSettings defaults = PoolSettings.DEFAULT;
        return new PoolSettings(
                json.path("min").asInt(defaults.min()),
                json.path("max").asInt(defaults.max()),
                json.path("prewarm").asInt(defaults.prewarm()),
                duration(json, "max-idle", defaults.maxIdle()),
                duration(json, "max-age", defaults.maxAge()),
                json.path("max-uses").asLong(defaults.maxUses()),
                json.path("memory-fraction").asDouble(defaults.memoryFraction()),
                duration(json, "acquire-timeout", defaults.acquireTimeout()),
                json.path("reset").asString("").equals("per-lease") ? PoolSettings.Reset.PER_LEASE : defaults.reset());
    }

    private static EngineSettings engine(JsonNode json) {
        return new EngineSettings(
                json.path("snapshot").asBoolean(EngineSettings.DEFAULT.snapshot()),
                !json.path("rewrite").asString("").equals("none"));
    }

    private static Duration duration(JsonNode json, String field, Duration otherwise) {
        return json.has(field) ? Quantity.duration(json.path(field).asString()).orElseThrow() : otherwise;
    }

    private static SortedMap<String, String> depends(JsonNode json) {
        SortedMap<String, String> depends = new TreeMap<>();
        json.properties()
                .forEach(range -> depends.put(range.getKey(), range.getValue().asString()));
        return depends;
    }
}
