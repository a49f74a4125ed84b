package dev.cloche.host.bundle;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What a manifest must be beyond its schema: amounts in range, names that are unique, parts that fit each other. Works
/// on manifests that the schema refused too, and passes by what is not of the right type, so that all is said at once.
final class ManifestChecks {
    private static final Set<String> TO_BE_COMPILED = Set.of(".ts", ".mts", ".tsx", ".jsx", ".wat");

    private final JsonNode manifest;
    private final Violations violations;

    private ManifestChecks(JsonNode manifest, Violations violations) {
        this.manifest = manifest;
        this.violations = violations;
    }

    static void check(JsonNode manifest, Violations violations) {
        ManifestChecks checks = new ManifestChecks(manifest, violations);
        checks.version();
        checks.paths();
        checks.abi();
        checkRoots(manifest.path("capabilities"), "/capabilities", violations);
        checks.contributions();
        checks.limits();
        checks.pool();
        checks.rewrite();
        checks.ranges();
    }

    /// The text at a place, if there is one that nothing was said about yet.
    private Optional<String> text(String pointer) {
        JsonNode node = manifest.at(pointer);
        return node.isString() && !violations.has(pointer) ? Optional.of(node.asString()) : Optional.empty();
    }

    private void version() {
        text("/version")
                .filter(version -> !VersionRange.isVersion(version))
                .ifPresent(version -> violations.add(
                        "/version",
                        Text.quote(version) + " does not have the right form",
                        "write a semantic version: major.minor.patch, each below 2147483648"));
    }

    private void paths() {
        text("/entry").ifPresent(entry -> path("/entry", entry));
        text("/entry")
                .filter(entry -> TO_BE_COMPILED.stream().anyMatch(entry::endsWith))
                .ifPresent(entry -> violations.add(
                        "/entry",
                        Text.quote(entry) + " is source text that has to be compiled first",
                        "name the compiled file"));
        text("/entry")
                .filter(Manifest.FILE_NAME::equals)
                .ifPresent(entry -> violations.add("/entry", "is the manifest itself", "name the file of the code"));
        for (int i = 0; i < manifest.path("files").size(); i++) {
            String pointer = "/files/" + i;
            text(pointer).ifPresent(file -> path(pointer, file));
        }
    }

    private void path(String pointer, String path) {
        PathRules.problem(path)
                .ifPresent(
                        problem -> violations.add(pointer, Text.quote(path) + " " + problem.message(), problem.hint()));
    }

    private void abi() {
        Optional<Manifest.Abi> abi = text("/abi").flatMap(ManifestReader::abi);
        Optional<Manifest.Kind> kind = text("/kind").flatMap(ManifestReader::kind);
        if (abi.isPresent() && kind.isPresent() && abi.get().kind() != kind.get()) {
            violations.add(
                    "/abi",
                    Text.quote(abi.get().label()) + " does not fit the kind, kind=" + lower(kind.get()),
                    "write " + Text.quote(ManifestReader.defaultAbi(kind.get()).label()) + " or leave it out");
        }
    }

    /// Folders that capabilities name.
    ///
    /// @param at the place of the capabilities, as a pointer
    static void checkRoots(JsonNode capabilities, String at, Violations violations) {
        for (String capability : new String[] {"fs.read", "fs.write"}) {
            String pointer = at + "/" + capability + "/root";
            JsonNode root = capabilities.path(capability).path("root");
            boolean leadsOut = root.isString()
                    && Stream.of(root.asString().split("[/\\\\]", -1)).anyMatch(".."::equals);
            if (leadsOut && !violations.has(pointer)) {
                violations.add(
                        pointer,
                        Text.quote(root.asString()) + " leads out by \"..\"",
                        "write a path without \"..\", for example \"data\"");
            }
        }
    }

    private void contributions() {
        JsonNode hooks = manifest.at("/contributes/hooks");
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < hooks.size(); i++) {
            String pointer = "/contributes/hooks/" + i;
            String kind = hooks.path(i).path("kind").asString("");
            unique(pointer, kind + ":", names);
            if (kind.equals("action") && hooks.path(i).has("failure") && !violations.has(pointer + "/failure")) {
                violations.add(
                        pointer + "/failure", "is for filters only", "leave it out; all actions run whatever fails");
            }
        }
        for (String list : new String[] {"tools", "commands"}) {
            for (int i = 0; i < manifest.path("contributes").path(list).size(); i++) {
                unique("/contributes/" + list + "/" + i, list + ":", names);
            }
        }
        JsonNode tools = manifest.at("/contributes/tools");
        for (int i = 0; i < tools.size(); i++) {
            if (tools.path(i).path("parameters").isObject()) {
                String pointer = "/contributes/tools/" + i + "/parameters";
                ToolParameters.check(tools.path(i).path("parameters"), pointer, violations);
            }
        }
    }

    private void unique(String pointer, String prefix, Map<String, String> names) {
        text(pointer + "/name").ifPresent(name -> {
            String first = names.putIfAbsent(prefix + name, pointer);
            if (first != null) {
                violations.add(
                        pointer + "/name",
                        Text.quote(name) + " is there twice, first=" + first,
                        "give one of them another name, or leave it out");
            }
        });
    }

    private void limits() {
        duration("/limits/timeout", BundleLimits.TIMEOUT_MIN, BundleLimits.TIMEOUT_MAX);
        size("/limits/memory", BundleLimits.MEMORY_BYTES_MIN, BundleLimits.MEMORY_BYTES_MAX);
        size("/limits/payload", 1, BundleLimits.PAYLOAD_BYTES_MAX);
        size("/limits/output", 1, BundleLimits.OUTPUT_BYTES_MAX);
        size("/limits/log", 1, BundleLimits.LOG_BYTES_MAX);
    }

    private void pool() {
        duration("/pool/max-idle", Duration.ofMillis(1), BundleLimits.POOL_TIME_MAX);
        duration("/pool/max-age", Duration.ofMillis(1), BundleLimits.POOL_TIME_MAX);
        duration("/pool/acquire-timeout", Duration.ofMillis(1), BundleLimits.ACQUIRE_TIMEOUT_MAX);
        JsonNode pool = manifest.path("pool");
        notAboveMax(pool, "min");
        notAboveMax(pool, "prewarm");
    }

    private void notAboveMax(JsonNode pool, String field) {
        int value = pool.path(field).asInt(0);
        int max = pool.path("max").asInt(PoolSettings.DEFAULT.max());
        boolean said = violations.has("/pool/" + field) || violations.has("/pool/max");
        if (pool.isObject() && value > max && !said) {
            violations.add(
                    "/pool/" + field,
                    "is above max, " + field + "=" + value + " max=" + max + (pool.has("max") ? "" : " (default)"),
                    "write a \"max\" of at least " + value + ", or a smaller \"" + field + "\"");
        }
    }

    /// A script has no module of its own: the engine's is split when Cloche is built.
    private void rewrite() {
        boolean split = text("/rewrite").filter("split"::equals).isPresent();
        Optional<Manifest.Kind> kind = text("/kind").flatMap(ManifestReader::kind);
        if (split && kind.isPresent() && kind.get() != Manifest.Kind.WASM) {
            violations.add("/rewrite", "is for kind wasm, kind=" + lower(kind.get()), "leave it out");
        }
    }

    private void duration(String pointer, Duration min, Duration max) {
        text(pointer).ifPresent(text -> {
            Optional<Duration> value = Quantity.duration(text);
            boolean tooSmall = value.isPresent() && value.get().compareTo(min) < 0;
            if (value.isEmpty() || tooSmall || value.get().compareTo(max) > 0) {
                outOfRange(pointer, text, tooSmall, Quantity.text(min), Quantity.text(max));
            }
        });
    }

    private void size(String pointer, long min, long max) {
        JsonNode node = manifest.at(pointer);
        if (violations.has(pointer) || !(node.isNumber() || node.isString())) {
            return;
        }
        OptionalLong value = ManifestReader.size(node);
        boolean tooSmall = value.isPresent() && value.getAsLong() < min;
        if (value.isEmpty() || tooSmall || value.getAsLong() > max) {
            outOfRange(pointer, node.asString(), tooSmall, Quantity.text(min), Quantity.text(max));
        }
    }

    private void outOfRange(String pointer, String value, boolean tooSmall, String min, String max) {
        violations.add(
                pointer,
                "is too " + (tooSmall ? "small" : "large") + ", value=" + Text.clean(value),
                "write an amount from " + min + " to " + max);
    }

    private void ranges() {
        for (String name : manifest.path("depends").propertyNames()) {
            String pointer = "/depends/" + ManifestJson.escape(name);
            range(pointer);
            if (manifest.path("name").asString("").equals(name) && !violations.has(pointer)) {
                violations.add(pointer, "is the extension itself", "leave it out");
            }
        }
        range("/requires/host");
    }

    private void range(String pointer) {
        text(pointer)
                .filter(range -> !VersionRange.isRange(range))
                .ifPresent(range -> violations.add(
                        pointer,
                        Text.quote(range) + " is no range of versions",
                        "write one like \"^1.2.0\", \">=1.0.0 <2.0.0\" or \"1.x || 2.x\""));
    }

    private static String lower(Manifest.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
