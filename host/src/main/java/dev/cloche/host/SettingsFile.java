package dev.cloche.host;

import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.Sizes;
import dev.cloche.host.service.FilesFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a home's `settings.json` into a configuration. A key that it does not know is an error, as is a value that a
/// key does not take: what an operator asks for and does not get would otherwise go unnoticed.
///
/// ```
/// {
///   "memory": { "kind": "auto", "max": "4GiB" },
///   "prewarm": true,
///   "script": { "prewarm": 2 },
///   "cache": { "enabled": true, "path": "/var/cache/cloche", "max-bytes": "1GiB" },
///   "compile": { "process": true, "memory": "512MiB", "timeout": "30s" },
///   "hooks": { "timeout": "30s", "steps": 256 },
///   "reactor": { "shards": 2, "affinity": "strict" },
///   "numa": { "enabled": true },
///   "files": { "root": "/srv/files" }
/// }
/// ```
final class SettingsFile {
    static final String NAME = "settings.json";

    /// How large the file may be.
    static final long BYTES_MAX = 1 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final List<String> KEYS = List.of(
            "memory", "prewarm", "script", "cache", "compile", "limits", "hooks", "pools", "reactor", "numa", "policy",
            "quota", "lanes", "ext", "files");

    private static final List<String> LIMITS =
            List.of("timeout", "memory", "payload", "output", "log", "hostcalls", "timers", "microtasks", "fuel");

    private final Path file;
    private HostConfig config;

    private SettingsFile(Path file, HostConfig config) {
        this.file = file;
        this.config = config;
    }

    /// The configuration with what the file in its home says; as it is where there is none.
    ///
    /// @throws SettingsException if the file cannot be used
    static HostConfig apply(HostConfig config) {
        Path file = config.home().resolve(NAME);
        try {
            JsonNode json = MAPPER.readTree(bytes(config.home(), file));
            var settings = new SettingsFile(file, config);
            settings.read(json);
            return settings.config;
        } catch (NoSuchFileException _) {
            return config;
        } catch (JacksonException e) {
            throw new SettingsException(
                    "the settings are not JSON: " + e.getOriginalMessage() + ", file=" + file + " line="
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()));
        } catch (IOException e) {
            throw new SettingsException("the settings cannot be read, file=" + file + " cause=" + e);
        }
    }

    // Bounded by what is read, not by what the file says: it may grow meanwhile, and a device says nothing.
    private static byte[] bytes(Path home, Path file) throws IOException {
        if (!Files.isDirectory(home)) {
            // Whoever opens the home says what is wrong with it.
            throw new NoSuchFileException(file.toString());
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new SettingsException("the settings are too large, file=" + file + " bytes-max=" + BYTES_MAX);
            }
            return bytes;
        }
    }

    private void read(JsonNode json) {
        requireObject(json, "the whole file");
        // What is said of one extension goes by what is said of all, wherever that stands.
        json.properties().stream()
                .filter(setting -> !setting.getKey().equals("ext"))
                .forEach(setting -> read(setting.getKey(), setting.getValue()));
        if (json.has("ext")) {
            read("ext", json.path("ext"));
        }
    }

    private void read(String key, JsonNode value) {
        switch (key) {
            case "memory" -> {
                if (value.isObject()) {
                    value.properties().forEach(setting -> readMemory(setting.getKey(), setting.getValue()));
                } else {
                    config = config.withMemory(memory(key, value));
                }
            }
            case "prewarm" -> config = config.withPrewarm(bool(key, value));
            case "script" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readScript(setting.getKey(), setting.getValue()));
            }
            case "cache" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readCache(setting.getKey(), setting.getValue()));
            }
            case "hooks" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readHooks(setting.getKey(), setting.getValue()));
            }
            case "pools" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readPools(setting.getKey(), setting.getValue()));
            }
            case "reactor" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readReactor(setting.getKey(), setting.getValue()));
            }
            case "numa" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readNuma(setting.getKey(), setting.getValue()));
            }
            case "policy", "quota", "lanes", "ext" -> {
                requireObject(value, key);
                set(key, value, () -> config.withHostcalls(HostcallSettings.read(config.hostcalls(), key, value)));
            }
            case "limits" -> {
                requireObject(value, key);
                config = config.withLimits(limits(value));
            }
            case "files" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readFiles(setting.getKey(), setting.getValue()));
            }
            case "compile" -> {
                requireObject(value, key);
                value.properties().forEach(setting -> readCompile(setting.getKey(), setting.getValue()));
            }
            default -> throw unknown(key, KEYS);
        }
    }

    private void readMemory(String key, JsonNode value) {
        config = switch (key) {
            case "kind" -> config.withMemory(memory("memory.kind", value));
            case "max" -> config.withMemoryMax(bytes("memory.max", HostConfig.MEMORY_MAX_MIN, value));
            default -> throw unknown("memory." + key, List.of("memory.kind", "memory.max"));
        };
    }

    private MemoryMode memory(String key, JsonNode value) {
        for (MemoryMode mode : MemoryMode.values()) {
            if (value.isString() && value.asString().equals(label(mode))) {
                return mode;
            }
        }
        throw wrong(
                key,
                Arrays.stream(MemoryMode.values()).map(SettingsFile::label).collect(Collectors.joining(", ")),
                value);
    }

    private static String label(MemoryMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private void readScript(String key, JsonNode value) {
        if (!key.equals("prewarm")) {
            throw unknown("script." + key, List.of("script.prewarm"));
        }
        if (!value.isInt() || value.asInt() < 0 || value.asInt() > HostConfig.SCRIPT_PREWARM_MAX) {
            throw wrong("script.prewarm", "a whole number from 0 to " + HostConfig.SCRIPT_PREWARM_MAX, value);
        }
        config = config.withScriptPrewarm(value.asInt());
    }

    private void readCache(String key, JsonNode value) {
        CacheConfig cache = config.cache();
        config = config.withCache(
                switch (key) {
                    case "enabled" -> cache.withEnabled(bool("cache.enabled", value));
                    case "path" -> cache.withPath(config.home().resolve(path("cache.path", value)));
                    case "max-bytes" -> cache.withBytesMax(bytes("cache.max-bytes", 1, value));
                    default -> throw unknown("cache." + key, List.of("cache.enabled", "cache.path", "cache.max-bytes"));
                });
    }

    /// Takes over what a value changes, or says why the value does not fit.
    private void set(String key, JsonNode value, Supplier<HostConfig> changed) {
        try {
            config = changed.get();
        } catch (IllegalArgumentException e) {
            throw wrong(key, "what is said here: " + e.getMessage(), value);
        }
    }

    private void readCompile(String key, JsonNode value) {
        CompileConfig compile = config.compile();
        String whole = "compile." + key;
        set(
                whole,
                value,
                () -> config.withCompile(
                        switch (key) {
                            case "process" -> compile.withProcess(bool(whole, value));
                            case "memory" -> compile.withMemoryBytes(bytes(whole, 1, value));
                            case "timeout" -> compile.withTimeout(duration(whole, value));
                            default ->
                                throw unknown(whole, List.of("compile.process", "compile.memory", "compile.timeout"));
                        }));
    }

    private void readFiles(String key, JsonNode value) {
        if (!key.equals("root")) {
            throw unknown("files." + key, List.of(FilesFolder.SETTING));
        }
        Path root = path(FilesFolder.SETTING, value);
        set(FilesFolder.SETTING, value, () -> config.withFilesRoot(root));
    }

    private void readHooks(String key, JsonNode value) {
        HookConfig hooks = config.hooks();
        String whole = "hooks." + key;
        set(
                whole,
                value,
                () -> config.withHooks(
                        switch (key) {
                            case "timeout" -> hooks.withTimeout(duration(whole, value));
                            case "steps" -> hooks.withSteps(value.isInt() ? value.asInt() : 0);
                            default -> throw unknown(whole, List.of("hooks.timeout", "hooks.steps"));
                        }));
    }

    private void readPools(String key, JsonNode value) {
        PoolConfig pools = config.pools();
        String whole = "pools." + key;
        set(
                whole,
                value,
                () -> config.withPools(
                        switch (key) {
                            case "isolates" -> pools.withIsolates(value.isInt() ? value.asInt() : 0);
                            case "depth" -> pools.withDepth(value.isInt() ? value.asInt() : 0);
                            case "leak-stacks" -> pools.withLeakStacks(bool(whole, value));
                            default ->
                                throw unknown(whole, List.of("pools.isolates", "pools.depth", "pools.leak-stacks"));
                        }));
    }

    private void readReactor(String key, JsonNode value) {
        ReactorConfig reactor = config.reactor();
        String whole = "reactor." + key;
        set(
                whole,
                value,
                () -> config.withReactor(
                        switch (key) {
                            case "shards" -> reactor.withShards(value.isInt() ? value.asInt() : 0);
                            case "affinity" -> reactor.withAffinity(affinity(whole, value));
                            case "lane-capacity" -> reactor.withLaneCapacity(value.isInt() ? value.asInt() : 0);
                            case "shard-capacity" -> reactor.withShardCapacity(value.isInt() ? value.asInt() : 0);
                            default ->
                                throw unknown(
                                        whole,
                                        List.of(
                                                "reactor.shards",
                                                "reactor.affinity",
                                                "reactor.lane-capacity",
                                                "reactor.shard-capacity"));
                        }));
    }

    private ReactorConfig.Affinity affinity(String key, JsonNode value) {
        for (ReactorConfig.Affinity affinity : ReactorConfig.Affinity.values()) {
            if (value.isString() && value.asString().equals(affinity.label())) {
                return affinity;
            }
        }
        throw wrong(
                key,
                Arrays.stream(ReactorConfig.Affinity.values())
                        .map(ReactorConfig.Affinity::label)
                        .collect(Collectors.joining(", ")),
                value);
    }

    private void readNuma(String key, JsonNode value) {
        NumaConfig numa = config.numa();
        String whole = "numa." + key;
        set(
                whole,
                value,
                () -> config.withNuma(
                        switch (key) {
                            case "enabled" -> numa.withEnabled(bool(whole, value));
                            case "huge-pages" -> numa.withHugePages(bool(whole, value));
                            case "slab" -> numa.withSlabBytes(bytes(whole, NumaConfig.SLAB_BYTES_MIN, value));
                            default -> throw unknown(whole, List.of("numa.enabled", "numa.huge-pages", "numa.slab"));
                        }));
    }

    private LimitRequests limits(JsonNode json) {
        for (String key : json.propertyNames()) {
            if (!LIMITS.contains(key)) {
                throw unknown("limits." + key, LIMITS);
            }
        }
        return new LimitRequests(
                json.has("timeout") ? positive("limits.timeout", json.path("timeout")) : null,
                size(json, "memory"),
                size(json, "payload"),
                size(json, "output"),
                size(json, "log"),
                count(json, "hostcalls"),
                count(json, "timers"),
                count(json, "microtasks"),
                count(json, "fuel"));
    }

    private Duration positive(String key, JsonNode value) {
        Duration duration = duration(key, value);
        if (!duration.isPositive()) {
            throw wrong(key, "a text such as \"30s\", above zero", value);
        }
        return duration;
    }

    private @Nullable Long size(JsonNode json, String limit) {
        return json.has(limit) ? (Long) bytes("limits." + limit, 1, json.path(limit)) : null;
    }

    private @Nullable Long count(JsonNode json, String limit) {
        JsonNode value = json.path(limit);
        if (json.has(limit) && !(value.isIntegralNumber() && value.canConvertToLong() && value.asLong() > 0)) {
            throw wrong("limits." + limit, "a whole number above zero", value);
        }
        return json.has(limit) ? (Long) value.asLong() : null;
    }

    private Duration duration(String key, JsonNode value) {
        return (value.isString() ? Sizes.duration(value.asString()) : Optional.<Duration>empty())
                .orElseThrow(() -> wrong(key, "a text such as \"30s\"", value));
    }

    private Path path(String key, JsonNode value) {
        if (!value.isString() || value.asString().isBlank()) {
            throw wrong(key, "the path of a folder", value);
        }
        try {
            return Path.of(value.asString());
        } catch (InvalidPathException _) {
            throw wrong(key, "the path of a folder", value);
        }
    }

    private long bytes(String key, long least, JsonNode value) {
        long bytes = value.isString()
                ? Sizes.bytes(value.asString()).orElse(0)
                : value.canConvertToLong() && value.isIntegralNumber() ? value.asLong() : 0;
        if (bytes < least) {
            String atLeast = least > 1 ? ", at least " + least : "";
            throw wrong(key, "a number of bytes, or a text such as \"512MiB\"" + atLeast, value);
        }
        return bytes;
    }

    private boolean bool(String key, JsonNode value) {
        if (!value.isBoolean()) {
            throw wrong(key, "true or false", value);
        }
        return value.asBoolean();
    }

    private void requireObject(JsonNode value, String key) {
        if (!value.isObject()) {
            throw wrong(key, "an object", value);
        }
    }

    private SettingsException wrong(String key, String takes, JsonNode value) {
        return new SettingsException("a setting has a value it does not take, file=" + file + " key=" + key + " takes="
                + takes + " value=" + value);
    }

    private SettingsException unknown(String key, List<String> known) {
        return new SettingsException("there is no such setting, file=" + file + " key=" + key + " known=" + known);
    }
}
