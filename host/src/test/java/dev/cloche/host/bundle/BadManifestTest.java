package dev.cloche.host.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// The table of bad manifests: for each the full text of every violation.
class BadManifestTest {
    private static final String GOOD = """
            {"apiVersion":"cloche.dev/v1","name":"hello","version":"1.0.0","kind":"script","entry":"main.js"}""";
    private static final int CASES_AT_LEAST = 100;

    /// One case of the table.
    record Case(String name, List<String> changes, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }

        private String text() {
            ObjectNode manifest = (ObjectNode) JsonMapper.shared().readTree(GOOD);
            for (String change : changes) {
                if (change.equals("text") || change.startsWith("text ")) {
                    return unescape(change.substring(Math.min(change.length(), "text ".length())));
                }
                int set = change.indexOf(" = ");
                String pointer = unescape(set < 0 ? change.replace(" -", "") : change.substring(0, set));
                String parent = pointer.substring(0, pointer.lastIndexOf('/'));
                JsonPointer at = JsonPointer.compile(pointer);
                ObjectNode object = parent.isEmpty() ? manifest : manifest.withObject(parent);
                String field = at.last().getMatchingProperty();
                if (set < 0) {
                    object.remove(field);
                } else {
                    object.putRawValue(field, new RawValue(change.substring(set + 3)));
                }
            }
            return manifest.toString();
        }

        private static String unescape(String text) {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                if (text.startsWith("\\u", i)) {
                    out.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                    i += 5;
                } else if (text.startsWith("\\n", i)) {
                    out.append('\n');
                    i++;
                } else {
                    out.append(text.charAt(i));
                }
            }
            return out.toString();
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = BadManifestTest.class.getResourceAsStream("bad-manifests.txt")) {
            String table = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            for (String line : table.lines().toList()) {
                if (line.startsWith("== ")) {
                    cases.add(new Case(line.substring(3), new ArrayList<>(), new ArrayList<>()));
                } else if (line.startsWith("> ")) {
                    cases.getLast().expected.add(line.substring(2));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    cases.getLast().changes.add(line);
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithAllThatIsWrong(Case row) {
        byte[] manifest = row.text().getBytes(StandardCharsets.UTF_8);
        byte[] code = "1".getBytes(StandardCharsets.UTF_8);
        BundleException refused = catchThrowableOfType(
                BundleException.class, () -> BundleReader.of("bad", Map.of("cloche.json", manifest, "main.js", code)));
        assertThat(refused).as("accepted: %s", row.text()).isNotNull();
        assertThat(refused.violations().stream().map(Violation::toString).toList())
                .isEqualTo(row.expected);
    }

    @Test
    void theTableIsLongEnough() throws IOException {
        assertThat(cases().map(Case::name)).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(CASES_AT_LEAST);
    }
}
