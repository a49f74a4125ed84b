package dev.cloche.host.service;

import static dev.cloche.host.service.OpHarness.call;
import static dev.cloche.host.service.OpHarness.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.telemetry.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;

class LogServiceTest {
    private final List<LogLine> lines = new ArrayList<>();
    private final OpHarness harness = new OpHarness(new OpTable(new LogService(lines::add).ops()));

    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"DEBUG", "INFO", "WARN", "ERROR"})
    void handsTheLineToTheSink(Level level) {
        Outcome outcome = call(
                harness.port("notes", "log"),
                "log",
                "{\"level\":\"" + level.name().toLowerCase(Locale.ROOT) + "\",\"message\":\"grüß dich 😀\"}");
        assertThat(outcome).isEqualTo(ok("{}"));
        assertThat(lines).containsExactly(new LogLine("notes", 1, level, "grüß dich 😀"));
    }

    @Test
    void isDeniedWhereTheManifestDoesNotAsk() {
        assertThat(call(harness.port("notes"), "log", "{\"level\":\"info\",\"message\":\"hi\"}"))
                .isInstanceOf(Denied.class);
        assertThat(lines).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "line\\n2026-01-01 ERROR forged | line\\n2026-01-01 ERROR forged",
                "over\\rwritten | over\\rwritten",
                "a\\tb | a\\tb",
                "\\u001b[31mred | \\u001b[31mred",
                "nul\\u0000 | nul\\u0000",
                "del\\u007f | del\\u007f",
                "csi\\u009b1m | csi\\u009b1m",
                "next\\u0085line | next\\u0085line",
                "sep\\u2028x\\u2029 | sep\\u2028x\\u2029",
                "rtl\\u202eevil | rtl\\u202eevil",
                "iso\\u2066x | iso\\u2066x",
                "bom\\ufeff | bom\\ufeff",
                "zero\\u200bwidth | zero\\u200bwidth",
                "half\\ud800 | half\\ud800",
                "back\\\\slash | back\\slash"
            })
    void makesVisibleWhatCouldForgeALine(String message, String shown) {
        call(harness.port("notes", "log"), "log", "{\"level\":\"info\",\"message\":\"" + message + "\"}");
        assertThat(lines).extracting(LogLine::message).containsExactly(shown);
    }

    @Test
    void leavesJoinersOfOrdinaryWordsAlone() {
        call(harness.port("notes", "log"), "log", "{\"level\":\"info\",\"message\":\"می‌خواهم 👩‍💻\"}");
        assertThat(lines).extracting(LogLine::message).containsExactly("می‌خواهم 👩‍💻");
    }

    @Test
    void cutsALongMessageAndSaysSo() {
        call(harness.port("notes", "log"), "log", "{\"level\":\"info\",\"message\":\"" + "x".repeat(20_000) + "\"}");
        assertThat(lines).extracting(LogLine::message).containsExactly("x".repeat(16_384) + "... (cut, chars=20000)");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`` | log: the request must be a JSON object, found=nothing",
                "[] | log: the request must be a JSON object, found=array",
                "null | log: the request must be a JSON object, found=null",
                "{} | log: the field must be one of debug, info, warn, error, field=level found=nothing",
                "{\"level\":3,\"message\":\"\"} | log: the field must be one of debug, info, warn, error, "
                        + "field=level found=number",
                "{\"level\":\"trace\",\"message\":\"\"} | log: the field must be one of debug, info, warn, error, "
                        + "field=level value=trace",
                "{\"level\":\"INFO\",\"message\":\"\"} | log: the field must be one of debug, info, warn, error, "
                        + "field=level value=INFO",
                "{\"level\":\"info\"} | log: the field must be a string, field=message found=nothing",
                "{\"level\":\"info\",\"message\":{}} | log: the field must be a string, field=message found=object",
                "{\"level\":\"info\",\"message\":null} | log: the field must be a string, field=message found=null",
                "{\"level\":\"info\",\"message\":\"\",\"extension\":\"other\"} | log: there is no such field; "
                        + "there are level, message, field=extension",
                "{\"level\":\"info\",\"level\":\"warn\",\"message\":\"\"} | log: a field must be there once, "
                        + "field=level",
                "{\"level\":\"info\",\"message\":\"\"}{} | log: the request must be one JSON object and nothing "
                        + "after it"
            })
    void saysWhatIsWrongWithARequest(String request, String message) {
        assertThat(call(harness.port("notes", "log"), "log", request))
                .isEqualTo(new Failed(FailedCode.INVALID_REQUEST, message, false));
        assertThat(lines).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {"{", "{\"level\"", "{level:\"info\"}", "{'level':'info'}", "{\"level\":\"info\",}", "{} x", "@"})
    void refusesWhatIsNotJson(String request) {
        assertThat(call(harness.port("notes", "log"), "log", request)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(FailedCode.INVALID_REQUEST);
            assertThat(failed.message())
                    .startsWith("log: the request must be one JSON object")
                    .doesNotContain("\n");
        });
    }

    @Test
    void refusesAHugeRequest() {
        String request = "{\"level\":\"info\",\"message\":\"" + "x".repeat(1024 * 1024) + "\"}";
        assertThat(call(harness.port("notes", "log"), "log", request))
                .isEqualTo(new Failed(
                        FailedCode.INVALID_REQUEST,
                        "log: the request must have at most 1048576 bytes, bytes=" + request.length(),
                        false));
    }
}
