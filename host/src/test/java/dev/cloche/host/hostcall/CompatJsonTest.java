package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.call.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The compat lane's reader of JSON, held against the fast lane's. Replay a run with `-Dcloche.fuzz.seed=N`.
@Timeout(120)
class CompatJsonTest {
    private static final int REQUESTS = 60_000;
    private static final int BYTES_MAX = 2 << 20;
    private static final long SEED = Long.getLong("cloche.fuzz.seed", 1);
    private static final List<String> NAMES = List.of("key", "value", "limit", "level", "headers");

    private static final Map<String, List<String>> FIELDS = new TreeMap<>(Map.of(
            "key", List.of("\"a\"", "\"\"", "\"\\u00e9\\n\""),
            "value", List.of("1", "{\"a\":[1.5e3,null]}", "[]", "\"x\""),
            "limit", List.of("1", "100", "-5", "2147483647"),
            "level", List.of("\"info\"", "\"warn\""),
            "headers", List.of("[]", "[[\"a\",\"b\"]]", "[ [ \"a\" , \"\\\\\" ] , [\"c\",\"d\"]]")));

    /// What comes of reading: a value, or nothing where the request is refused.
    private static <T> T read(String what, Supplier<T> reading, T refused) {
        try {
            return reading.get();
        } catch (InvalidRequestException e) {
            assertThat(e).as(what).message().startsWith("op: ");
            return refused;
        }
    }

    @SuppressWarnings("NullAway") // what was refused stands as null, on both sides
    private static void assertAlike(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        String what =
                "seed=" + SEED + " json=" + text.substring(0, Math.min(300, text.length())) + " bytes=" + json.length;
        Payload payload = Payload.wrap(json);
        JsonRequest fast = read(what, () -> JsonRequest.read("op", payload, BYTES_MAX, NAMES), null);
        CompatRequest compat = read(what, () -> CompatRequest.read("op", payload, BYTES_MAX, NAMES), null);
        assertThat(compat == null).as(what).isEqualTo(fast == null);
        if (fast == null || compat == null) {
            return;
        }
        for (String name : NAMES) {
            assertThat(compat.has(name)).as(what).isEqualTo(fast.has(name));
            assertThat(read(what, () -> compat.anyString(name), "refused"))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.anyString(name), "refused"));
            assertThat(read(what, () -> compat.string(name, 0, 512), "refused"))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.string(name, 512), "refused"));
            assertThat(read(what, () -> compat.string(name, 1, 512), "refused"))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.nonEmptyString(name, 512), "refused"));
            assertThat(read(what, () -> compat.json(name, 1 << 20), "refused"))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.json(name, 1 << 20), "refused"));
            assertThat(read(what, () -> compat.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE, 7), 8))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE, 7), 8));
            assertThat(read(what, () -> compat.oneOf(name, List.of("info", "x")), "refused"))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.oneOf(name, List.of("info", "x")), "refused"));
            assertThat(read(what, () -> compat.pairs(name, 1), List.of(Map.entry("refused", ""))))
                    .as(what)
                    .isEqualTo(read(what, () -> fast.pairs(name, 1), List.of(Map.entry("refused", ""))));
        }
    }

    @Test
    void readsWhatTheFastLaneReadsAndRefusesTheRest() {
        var mutator = new RequestMutator(SEED);
        int read = 0;
        for (int i = 0; i < REQUESTS; i++) {
            byte[] json = mutator.json(FIELDS);
            assertAlike(json);
            Payload payload = Payload.wrap(json);
            read += read(
                            "",
                            () -> JsonRequest.read("op", payload, BYTES_MAX, NAMES)
                                    .has("key"),
                            false)
                    ? 1
                    : 0;
        }
        assertThat(read).isBetween(REQUESTS / 10, REQUESTS * 9 / 10);
    }

    @Test
    void readsASingleValueAsTheFastLaneDoes() {
        var mutator = new RequestMutator(SEED);
        for (int i = 0; i < REQUESTS; i++) {
            String value =
                    mutator.any(List.of("", " ", "\n")) + mutator.odd() + mutator.any(List.of("", "", "\t", "x"));
            String what = "seed=" + SEED + " value=" + value.substring(0, Math.min(300, value.length()));
            assertThat(read(what, () -> CompatRequest.value("op", "f", value, 1 << 20), "refused"))
                    .as(what)
                    .isEqualTo(read(what, () -> JsonRequest.value("op", "f", value, 1 << 20), "refused"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 198, 199, 200, 201, 5_000})
    void bothStopAtTheSameDepth(int depth) {
        for (String[] ends : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            String value = ends[0].repeat(depth - 1) + "[]" + ends[1].repeat(depth - 1);
            boolean fits = depth <= JsonRequest.NESTING_MAX;
            assertThat(read("", () -> CompatRequest.value("op", "f", value, 1 << 20), ""))
                    .isEqualTo(fits ? value : "");
            assertThat(read("", () -> JsonRequest.value("op", "f", value, 1 << 20), ""))
                    .isEqualTo(fits ? value : "");
            assertAlike(("{\"value\":" + value + "}").getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Names that collide in any table a reader might keep: requests of others are read as before.
    @Test
    void namesThatCollideAreNamesLikeOthers() {
        StringBuilder names = new StringBuilder("{\"value\":{\"x\":0");
        for (int i = 0; i < 4_096; i++) {
            names.append(",\"");
            for (int bit = 0; bit < 12; bit++) {
                names.append((i >> bit & 1) == 0 ? "AB" : "B!");
            }
            names.append("\":").append(i);
        }
        byte[] json = names.append("}}").toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20; i++) {
            assertAlike(json);
        }
        assertAlike("{\"value\":{\"ABABABABABABABABABABABAB\":1,\"other\":2}}".getBytes(StandardCharsets.UTF_8));
        assertThat(JsonRequest.read("op", Payload.wrap(json), BYTES_MAX, NAMES).has("value"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {50_000, 50_001, 200_000})
    void aLongNameIsANameLikeOthers(int chars) {
        byte[] json = ("{\"value\":{\"" + "n".repeat(chars) + "\":1}}").getBytes(StandardCharsets.UTF_8);
        assertAlike(json);
        assertThat(JsonRequest.read("op", Payload.wrap(json), BYTES_MAX, NAMES).has("value"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_001, 100_000})
    void aLongNumberComesBackToTheLastDigit(int digits) {
        for (String number : List.of("1".repeat(digits), "-0." + "1".repeat(digits), "1e" + "1".repeat(digits))) {
            byte[] json = ("{\"value\":" + number + "}").getBytes(StandardCharsets.UTF_8);
            assertAlike(json);
            assertThat(JsonRequest.read("op", Payload.wrap(json), BYTES_MAX, NAMES)
                            .json("value", 1 << 20))
                    .isEqualTo(number);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "\"\\/\b\f\n\r\t\u0001\u001f\u007f\u0080\u2028", "\ud83d\ude00", "\ud800"})
    void writesStringsAsTheFastLaneDoes(String text) {
        assertThat(CompatText.quoted(text)).isEqualTo(JsonText.quoted(text));
        byte[] json = ("{\"key\":" + CompatText.quoted(text) + "}").getBytes(StandardCharsets.UTF_8);
        if (!text.equals("\ud800")) {
            assertThat(CompatRequest.read("op", Payload.wrap(json), BYTES_MAX, NAMES)
                            .anyString("key"))
                    .isEqualTo(text);
        }
    }
}
