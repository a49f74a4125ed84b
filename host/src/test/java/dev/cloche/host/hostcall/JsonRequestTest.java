package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.call.Payload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRequestTest {
    private static JsonRequest read(String json) {
        return JsonRequest.read("op", Payload.text(json), 100_000, List.of("value", "n", "pairs"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0",
                "1.50",
                "1e400",
                "123456789012345678901234567890.123",
                "\"\"",
                "\"a\\u00e9\\n\"",
                "\"é😀\"",
                "\"\\ud800\"",
                "true",
                "false",
                "null",
                "[]",
                "{}",
                "[1, 2,  3]",
                "{\"a\": {\"b\": [null]}, \"a\": 1}"
            })
    void keepsAValueJustAsItWasWritten(String value) {
        assertThat(read("{\"value\":" + value + "}").json("value", 1000)).isEqualTo(value);
        assertThat(read(" { \"n\" : 1 , \"value\" : " + value + " } ").json("value", 1000))
                .isEqualTo(value);
        assertThat(read("{\"value\":" + value + ",\"n\":1}").json("value", 1000))
                .isEqualTo(value);
    }

    @Test
    void keepsALongString() {
        String value = "\"" + "é".repeat(20_000) + "\"";
        assertThat(read("{\"n\":1,\"value\":" + value + "}").json("value", 60_000))
                .isEqualTo(value);
    }

    @Test
    void readsPairs() {
        assertThat(read("{\"pairs\":[[\"a\",\"1\"],[\"a\",\"2\"]]}").pairs("pairs", 2))
                .isEqualTo(List.of(Map.entry("a", "1"), Map.entry("a", "2")));
        assertThat(read("{}").pairs("pairs", 2)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[{}]",
                "[[]]",
                "[[\"a\"]]",
                "[[\"a\",1]]",
                "[[\"a\",\"b\",\"c\"]]",
                "[\"a\",\"b\"]",
                "null"
            })
    void refusesPairsOfAnyOtherForm(String pairs) {
        JsonRequest request = read("{\"pairs\":" + pairs + "}");
        assertThatThrownBy(() -> request.pairs("pairs", 2))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("op: the field must be a list of pairs of strings, field=pairs found=");
    }

    @Test
    void refusesMorePairsThanThereMayBe() {
        JsonRequest request = read("{\"pairs\":[[\"a\",\"1\"],[\"a\",\"2\"],[\"a\",\"3\"]]}");
        assertThatThrownBy(() -> request.pairs("pairs", 2))
                .hasMessage("op: the field must have at most 2 pairs, field=pairs");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] bytes = {'{', '"', 'n', '"', ':', '"', (byte) 0xff, '"', '}'};
        assertThatThrownBy(() -> JsonRequest.read("op", Payload.wrap(bytes), 100, List.of("n")))
                .hasMessage("op: the request must be JSON in UTF-8; malformed at byte=6");
        byte[] cut = {'{', (byte) 0xc3};
        assertThatThrownBy(() -> JsonRequest.read("op", Payload.wrap(cut), 100, List.of("n")))
                .hasMessageStartingWith("op: the request must be JSON in UTF-8");
    }

    @Test
    void refusesUtf16() {
        byte[] bytes = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        assertThatThrownBy(() -> JsonRequest.read("op", Payload.wrap(bytes), 100, List.of("n")))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void refusesDeepNesting() {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);
        assertThatThrownBy(() -> read("{\"value\":" + deep + "}"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("op: the request must be one JSON object: ");
    }
}
