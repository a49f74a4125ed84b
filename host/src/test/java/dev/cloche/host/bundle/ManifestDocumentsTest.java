package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The schema and its page say the same as the code.
class ManifestDocumentsTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void theExampleOfThePageIsAGoodManifest() throws IOException {
        String page = Files.readString(DOCS.resolve("manifest.md"));
        int start = page.indexOf("```json") + "```json".length();
        byte[] manifest = page.substring(start, page.indexOf("```", start)).getBytes(StandardCharsets.UTF_8);
        Bundle bundle = BundleReader.of("example", Map.of("cloche.json", manifest, "dist/main.js", new byte[] {'1'}));
        assertThat(bundle.manifest().name()).isEqualTo("text-tools");
    }

    @Test
    void thePageHasARowForEachField() throws IOException {
        String page = Files.readString(DOCS.resolve("manifest.md"));
        for (String field : schema().path("properties").propertyNames()) {
            assertThat(page).contains("| `" + field);
        }
        for (String section : List.of("limits", "pool")) {
            for (String field :
                    schema().at("/properties/" + section + "/properties").propertyNames()) {
                assertThat(page).contains("| `" + section + "." + field + "`");
            }
        }
        for (String list : List.of("hook", "tool", "command")) {
            for (String field : schema().at("/$defs/" + list + "/properties").propertyNames()) {
                assertThat(page).contains("| `contributes." + list + "s[]." + field + "`");
            }
        }
        for (String capability : schema().at("/$defs/capabilities/properties").propertyNames()) {
            assertThat(page).contains("`" + capability + "`");
        }
    }

    /// Installed bundles are held against a schema of another name once more.
    @Test
    void theCodeKnowsTheSchemaByItsHash() throws Exception {
        byte[] text = Files.readAllBytes(DOCS.resolve("manifest.schema.json"));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        assertThat(BundleReader.SCHEMA)
                .as("put this hash into ManifestSchema: " + hash)
                .isEqualTo(hash);
    }

    @Test
    void everyObjectIsClosedAndEveryFieldIsDescribed() throws IOException {
        List<String> faults = new ArrayList<>();
        check(schema(), "", faults);
        assertThat(faults).isEmpty();
    }

    private static void check(JsonNode schema, String pointer, List<String> faults) {
        JsonNode properties = schema.path("properties");
        if (schema.has("type")
                && properties.isObject()
                && schema.path("additionalProperties").asBoolean(true)) {
            faults.add(pointer + " is open");
        }
        for (String name : properties.propertyNames()) {
            if (schema.has("type")
                    && properties.path(name).path("description").asString("").isBlank()) {
                faults.add(pointer + "/properties/" + name + " is not described");
            }
        }
        for (String name : schema.propertyNames()) {
            if (!name.equals("examples")) {
                check(schema.path(name), pointer + "/" + name, faults);
            }
        }
    }

    @Test
    void theBoundsInDescriptionsAreThoseOfTheCode() throws IOException {
        assertThat(bound("limits/properties/timeout"))
                .contains(range(Quantity.text(BundleLimits.TIMEOUT_MIN), Quantity.text(BundleLimits.TIMEOUT_MAX)));
        assertThat(bound("limits/properties/memory"))
                .contains(range(
                        Quantity.text(BundleLimits.MEMORY_BYTES_MIN), Quantity.text(BundleLimits.MEMORY_BYTES_MAX)));
        assertThat(bound("limits/properties/payload"))
                .contains(range("1B", Quantity.text(BundleLimits.PAYLOAD_BYTES_MAX)));
        assertThat(bound("limits/properties/output"))
                .contains(range("1B", Quantity.text(BundleLimits.OUTPUT_BYTES_MAX)));
        assertThat(bound("limits/properties/log")).contains(range("1B", Quantity.text(BundleLimits.LOG_BYTES_MAX)));
        assertThat(bound("pool/properties/max-idle")).contains(range("1ms", Quantity.text(BundleLimits.POOL_TIME_MAX)));
        assertThat(bound("pool/properties/acquire-timeout"))
                .contains(range("1ms", Quantity.text(BundleLimits.ACQUIRE_TIMEOUT_MAX)));
        JsonNode properties = schema().path("properties");
        assertThat(properties.at("/limits/properties/hostcalls/maximum").asLong())
                .isEqualTo(BundleLimits.HOSTCALLS_MAX);
        assertThat(properties.at("/limits/properties/timers/maximum").asLong()).isEqualTo(BundleLimits.TIMERS_MAX);
        assertThat(properties.at("/limits/properties/microtasks/maximum").asLong())
                .isEqualTo(BundleLimits.MICROTASKS_MAX);
        assertThat(properties.at("/limits/properties/fuel/maximum").asLong()).isEqualTo(BundleLimits.FUEL_MAX);
        assertThat(properties.at("/pool/properties/max/maximum").asInt()).isEqualTo(BundleLimits.POOL_ISOLATES_MAX);
        assertThat(properties.at("/pool/properties/max-uses/maximum").asLong()).isEqualTo(BundleLimits.POOL_USES_MAX);
    }

    private static String bound(String path) throws IOException {
        return schema().at("/properties/" + path + "/description").asString();
    }

    private static String range(String min, String max) {
        return min + " to " + max;
    }

    private static JsonNode schema() throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(DOCS.resolve("manifest.schema.json")));
    }
}
