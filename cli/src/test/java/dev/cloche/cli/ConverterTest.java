package dev.cloche.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ConverterTest {
    private final DurationConverter durations = new DurationConverter();
    private final BytesConverter sizes = new BytesConverter();
    private final CapabilityConverter capabilities = new CapabilityConverter();

    @ParameterizedTest
    @CsvSource({"1ms,PT0.001S", "250ms,PT0.25S", "5s,PT5S", "2m,PT2M", "1h,PT1H"})
    void readsDurations(String text, Duration duration) {
        assertThat(durations.convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "0s", "-1s", "1.5s", "5 s", "9999999999s", "5d"})
    void refusesWhatIsNotAPositiveDuration(String text) {
        assertThatThrownBy(() -> durations.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageEndingWith("duration=" + text);
    }

    @ParameterizedTest
    @CsvSource({"0B,0", "17B,17", "3KiB,3072", "2MiB,2097152", "999999999GiB,1073741822926258176"})
    void readsSizes(String text, long bytes) {
        assertThat(sizes.convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "MiB", "-1B", "1.5GiB", "5 MiB", "5MB", "9999999999B"})
    void refusesWhatIsNotASize(String text) {
        assertThatThrownBy(() -> sizes.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageEndingWith("size=" + text);
    }

    @Test
    void readsAGrantWithoutParameters() {
        assertThat(capabilities.convert("kv.write")).isEqualTo(new Capability("kv.write", Map.of()));
    }

    @Test
    void readsAGrantWithParameters() {
        assertThat(capabilities.convert("http.fetch:hosts=example.org,*.example.com;methods=GET"))
                .isEqualTo(new Capability(
                        "http.fetch",
                        Map.of("hosts", List.of("example.org", "*.example.com"), "methods", List.of("GET"))));
    }

    @Test
    void aValueMayHoldColons() {
        assertThat(capabilities.convert("http.fetch:hosts=a:80,[::1]:8080").values("hosts"))
                .containsExactly("a:80", "[::1]:8080");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http.fetch:host=example.org;method=GET|/http.fetch/host: is an unknown field; did you mean \"hosts\"?",
                "http.fetch:host=example.org;method=GET|/http.fetch/method: is an unknown field; did you mean"
                        + " \"methods\"?",
                "http.fetch:methods=get|/http.fetch/methods/0: \"get\" is not one of the values there are; did you mean"
                        + " \"GET\"?",
                "http.fetch:hosts=https://a.b|/http.fetch/hosts/0: \"https://a.b\" does not have the right form; write",
                "http.fetsch|/http.fetsch: is an unknown field; did you mean \"http.fetch\"?",
                "log:level=info|/log/level: is an unknown field; remove it",
                "fs.read:root=a,b|/fs.read/root: is a list; write a path",
                "fs.read:root=../a|/fs.read/root: \"../a\" leads out by \"..\"; write a path"
            })
    void refusesAGrantThatNoManifestCouldAskFor(String text, String message) {
        assertThatThrownBy(() -> capabilities.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith("grant=" + text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":", "Http", "http.", "a:", "a:b", "a:b=", "a:=c", "a:b=c,", "a:b=c;", "a:b=c;b=d", "a b"})
    void refusesWhatIsNotAGrant(String text) {
        assertThatThrownBy(() -> capabilities.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageEndingWith("grant=" + text);
    }
}
