package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.rewrite.ModuleLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The defaults of an extension's limits and pool are those that the manifest's page and schema promise.
class LimitsTest {
    private static final Path DOCS = Path.of("..", "docs");
    /// A row of the page's table of fields: section, field, what it takes, default.
    private static final Pattern ROW =
            Pattern.compile("^\\| `(limits|pool)\\.([a-z-]+)` \\|[^|]*\\| `?([^|`]*)`? \\|", Pattern.MULTILINE);

    private static final String TABLE_END = "<!-- end of the table -->";

    private static final String MODULES_START = "<!-- table of module limits, made by LimitsTest -->";

    private static final Pattern NUMBER = Pattern.compile("[0-9.]+");

    @Test
    void whatAManifestDoesNotAskForHasADefault() {
        assertThat(Limits.of(LimitRequests.NONE))
                .isEqualTo(new Limits(
                        Duration.ofSeconds(10).toNanos(),
                        64L << 20,
                        16L << 20,
                        16L << 20,
                        1L << 20,
                        10_000,
                        1_000,
                        1_000_000,
                        50_000_000_000L));
    }

    @Test
    void theSmallerOfWhatIsAskedForAndAnOperatorsCapHolds() {
        var caps = new LimitRequests(Duration.ofSeconds(1), 1L << 20, 2L << 30, 7L, null, 1L, 2_000L, null, 5L);
        Limits within = Limits.of(LimitRequests.NONE).within(caps);
        assertThat(within)
                .isEqualTo(new Limits(
                        Duration.ofSeconds(1).toNanos(), 1L << 20, 16L << 20, 7, 1L << 20, 1, 1_000, 1_000_000, 5));
        assertThat(Limits.of(LimitRequests.NONE).within(LimitRequests.NONE)).isEqualTo(Limits.of(LimitRequests.NONE));
    }

    @Test
    void everyLimitHasAnOperatorsCap() {
        var caps = new LimitRequests(Duration.ofNanos(1), 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(Limits.of(LimitRequests.NONE).within(caps)).isEqualTo(new Limits(1, 2, 3, 4, 5, 6, 7, 8, 9));
    }

    @Test
    void aManifestWithTheDefaultsOfThePageChangesNothing() throws IOException {
        Map<String, String> limits = defaultsOfThePage("limits");
        Map<String, String> pool = defaultsOfThePage("pool");
        assertThat(limits).hasSameSizeAs(LimitRequests.class.getRecordComponents());
        assertThat(pool).hasSameSizeAs(PoolSettings.class.getRecordComponents());
        Manifest manifest = manifest("{\"limits\": " + json(limits) + ", \"pool\": " + json(pool));
        assertThat(manifest.limits()).hasNoNullFieldsOrProperties();
        assertThat(Limits.of(manifest.limits())).isEqualTo(Limits.of(LimitRequests.NONE));
        assertThat(manifest.pool()).isEqualTo(PoolSettings.DEFAULT);
    }

    @Test
    void thePageOfLimitsHasTheModuleLimitsThatTheCodeHas() throws IOException {
        String page = Files.readString(DOCS.resolve("limits.md"));
        assertThat(page).contains(MODULES_START + "\n" + moduleTable() + TABLE_END);
    }

    private static String moduleTable() {
        var table = new StringBuilder(
                "| Limit | Bounds | Unit | At most | With `compile.process` |\n|---|---|---|---|---|\n");
        for (ModuleLimit limit : ModuleLimit.values()) {
            table.append("| `").append(limit.label()).append("` | ").append(limit.meaning());
            table.append(" | ").append(limit.unit()).append(" | ").append(limit.maximum(false));
            table.append(" | ").append(limit.maximum(true)).append(" |\n");
        }
        return table.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limits", "pool"})
    void theSchemaSaysWhatThePageSays(String section) throws IOException {
        JsonNode schema = JsonMapper.shared().readTree(Files.readAllBytes(DOCS.resolve("manifest.schema.json")));
        JsonNode fields = schema.at("/properties/" + section + "/properties");
        Map<String, String> defaults = defaultsOfThePage(section);
        assertThat(fields.propertyNames()).containsExactlyInAnyOrderElementsOf(defaults.keySet());
        defaults.forEach((field, value) -> assertThat(
                        fields.path(field).path("description").asString())
                .matches(".*[,.] [dD]efault " + Pattern.quote(value) + "\\."));
    }

    private static Map<String, String> defaultsOfThePage(String section) throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(DOCS.resolve("manifest.md")));
        while (row.find()) {
            if (row.group(1).equals(section)) {
                defaults.put(row.group(2), row.group(3));
            }
        }
        return defaults;
    }

    private static String json(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\": "
                        + (NUMBER.matcher(field.getValue()).matches()
                                ? field.getValue()
                                : "\"" + field.getValue() + "\""))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /// @param start of an object, which goes on with all that a manifest must have
    private static Manifest manifest(String start) {
        String text = start + """
            , "apiVersion": "cloche.dev/v1", "name": "plain", "version": "1.0.0", "kind": "script",
            "entry": "main.js"}\
            """;
        byte[] manifest = text.getBytes(StandardCharsets.UTF_8);
        return BundleReader.of("plain", Map.of("cloche.json", manifest, "main.js", new byte[] {'1'}))
                .manifest();
    }
}
