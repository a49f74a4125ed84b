package dev.cloche.host;

import dev.cloche.host.bundle.Sizes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads what `settings.json` says of hostcalls: `policy`, `quota`, `lanes`, `ext`.
final class HostcallSettings {
    private HostcallSettings() {}

    /// The configuration with what a key of the settings says.
    ///
    /// @param key one of the four
    /// @param json an object
    /// @throws IllegalArgumentException if a value cannot be used, or there is no such key
    static HostcallConfig read(HostcallConfig config, String key, JsonNode json) {
        return switch (key) {
            case "policy" -> policy(config, json);
            case "quota" -> config.withQuota(quota(config.quota(), "quota", json));
            case "lanes" -> config.withLanes(lanes(config.lanes(), json));
            case "ext" -> extensions(config, json);
            default -> throw new IllegalArgumentException("there is no such key, key=" + key);
        };
    }

    private static HostcallConfig policy(HostcallConfig config, JsonNode json) {
        HostcallConfig read = config;
        for (String key : json.propertyNames()) {
            if (!key.equals("profile")) {
                throw unknown("policy." + key, List.of("policy.profile"));
            }
            read = read.withProfile(PolicyProfile.of(text("policy.profile", json.path(key))));
        }
        return read;
    }

    private static QuotaConfig quota(QuotaConfig config, String prefix, JsonNode json) {
        QuotaConfig read = config;
        for (String key : json.propertyNames()) {
            String whole = prefix + "." + key;
            JsonNode value = json.path(key);
            read = switch (key) {
                case "per-second" -> read.withPerSecond(number(whole, value));
                case "per-minute" -> read.withPerMinute(number(whole, value));
                case "in-flight" -> read.withInFlight(integer(whole, value));
                case "bytes" -> read.withBytes(bytes(whole, value));
                case "processes" -> read.withProcesses(integer(whole, value));
                default -> throw unknown(whole, List.of("per-second", "per-minute", "in-flight", "bytes", "processes"));
            };
        }
        return read;
    }

    private static LaneConfig lanes(LaneConfig config, JsonNode json) {
        LaneConfig read = config;
        for (String key : json.propertyNames()) {
            String whole = "lanes." + key;
            JsonNode value = json.path(key);
            read = switch (key) {
                case "overload" -> read.withOverload(bool(whole, value));
                case "refusals" -> read.withRefusals(integer(whole, value));
                case "window" -> read.withWindow(duration(whole, value));
                case "hold" -> read.withHold(duration(whole, value));
                case "sample" -> read.withSample(integer(whole, value));
                default -> throw unknown(whole, List.of("overload", "refusals", "window", "hold", "sample"));
            };
        }
        return read;
    }

    private static HostcallConfig extensions(HostcallConfig config, JsonNode json) {
        HostcallConfig read = config;
        for (String id : json.propertyNames()) {
            ExtensionConfig each = read.of(id);
            JsonNode settings = json.path(id);
            if (!LaneConfig.isId(id)) {
                throw new IllegalArgumentException(
                        "ext has ids of extensions, lower-case words joined by dashes, id=" + id);
            }
            if (!settings.isObject()) {
                throw new IllegalArgumentException("ext." + id + " must be an object");
            }
            for (String key : settings.propertyNames()) {
                String whole = "ext." + id + "." + key;
                each = switch (key) {
                    case "compat" -> each.withCompat(bool(whole, settings.path(key)));
                    case "quota" -> each.withQuota(quota(each.quota().orElse(read.quota()), whole, settings.path(key)));
                    default -> throw unknown(whole, List.of("compat", "quota"));
                };
            }
            read = read.withExtension(id, each);
        }
        return read;
    }

    private static String text(String key, JsonNode value) {
        if (!value.isString()) {
            throw new IllegalArgumentException(key + " must be a text");
        }
        return value.asString();
    }

    private static boolean bool(String key, JsonNode value) {
        if (!value.isBoolean()) {
            throw new IllegalArgumentException(key + " must be true or false");
        }
        return value.asBoolean();
    }

    private static long number(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(key + " must be a whole number");
        }
        return value.asLong();
    }

    private static int integer(String key, JsonNode value) {
        if (!value.isInt()) {
            throw new IllegalArgumentException(key + " must be a whole number");
        }
        return value.asInt();
    }

    private static long bytes(String key, JsonNode value) {
        return value.isString() ? Sizes.bytes(value.asString()).orElse(0) : number(key, value);
    }

    private static Duration duration(String key, JsonNode value) {
        return (value.isString() ? Sizes.duration(value.asString()) : Optional.<Duration>empty())
                .orElseThrow(() -> new IllegalArgumentException(key + " must be a text such as \"30s\""));
    }

    private static IllegalArgumentException unknown(String key, List<String> known) {
        return new IllegalArgumentException(
                "there is no such key, key=" + key + "; there are " + String.join(", ", known));
    }
}
