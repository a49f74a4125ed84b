package dev.cloche.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Row MET = new Row(
            "stamp",
            new Figure.Spread("", Samples.of(50_000, 60_000, 70_000), Unit.NANOSECONDS),
            List.of(
                    new Figure.Spread("heap", Samples.of(200_000), Unit.NANOSECONDS),
                    new Figure.Missing("node", "not | found")),
            Bar.atMost("<= 100 µs", 60_000, 100_000));
    private static final Row MISSED =
            new Row("mean", new Figure.Single("", 5, Unit.RATIO), List.of(), Bar.atLeast(">= 8x", 5, 8));
    private static final Row OPEN = new Row("beside", new Figure.Single("", 2, Unit.RATIO), List.of(), Bar.NONE);
    private static final Report REPORT = new Report(
            "./cloche bench engine",
            "Title",
            new Machine("Linux 6.1 amd64", "Some CPU", 2, 8L << 30, "OpenJDK 25", List.of("-Xa", "-Xb")),
            List.of(
                    new Part("one", List.of(MET), List.of("a note")),
                    new Part("two", List.of(MISSED, OPEN, Row.failed("three", "no such file")), List.of())));

    @Test
    void barsAreReachedOnTheirOwnSide() {
        assertThat(Bar.atMost("", 100, 100).verdict()).isEqualTo(Verdict.MET);
        assertThat(Bar.atMost("", 100.1, 100).verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Bar.atLeast("", 8, 8).verdict()).isEqualTo(Verdict.MET);
        assertThat(Bar.atLeast("", 7.9, 8).verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Bar.atMost("", Double.NaN, 100).verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Bar.atLeast("", Double.NaN, 8).verdict()).isEqualTo(Verdict.MISSED);
        assertThat(Bar.NONE.verdict()).isEqualTo(Verdict.OPEN);
    }

    @Test
    void countsVerdicts() {
        assertThat(REPORT.summary()).isEqualTo("bars: met=1 missed=1 failed=1");
    }

    @Test
    void theTextIsOneTableWithAFigurePerLine() {
        assertThat(TextReport.of(REPORT)).isEqualTo("""
                # system     Linux 6.1 amd64
                # processor  Some CPU, processors=2
                # memory     8192 MiB
                # jdk        OpenJDK 25
                # flags      -Xa -Xb
                # command    ./cloche bench engine

                Title

                MEASURE  CLOCHE                      BESIDE IT, SAME RUN             BAR        VERDICT
                stamp    60.0 µs, p95 69.0 µs        heap 200 µs, p95 200 µs         <= 100 µs  met
                                                     node not measured: not | found
                mean     5.00x                                                       >= 8x      MISSED
                beside   2.00x                                                                  -
                three    not measured: no such file                                             FAILED

                - a note

                bars: met=1 missed=1 failed=1
                """);
    }

    @Test
    void markdownKeepsARowOnOneLine() {
        assertThat(MarkdownReport.of(REPORT).lines())
                .contains(
                        "$ ./cloche bench engine",
                        "# flags      -Xa -Xb",
                        "| stamp | 60.0 µs, p95 69.0 µs | heap 200 µs, p95 200 µs<br>node not measured: not \\| found"
                                + " | <= 100 µs | met |",
                        "| mean | 5.00x |  | >= 8x | MISSED |",
                        "- a note");
    }

    @Test
    void jsonHasPlainNumbers() {
        JsonNode root = JsonMapper.builder().build().readTree(JsonReport.of(REPORT));
        assertThat(root.path("machine").path("processors").asInt()).isEqualTo(2);
        assertThat(root.path("missed").asInt()).isEqualTo(1);
        assertThat(root.path("failed").asInt()).isEqualTo(1);
        JsonNode row = root.path("rows").path(0);
        assertThat(row.path("part").asString()).isEqualTo("one");
        assertThat(row.path("verdict").asString()).isEqualTo("met");
        assertThat(row.path("ours").path("median").asDouble()).isEqualTo(60_000);
        assertThat(row.path("ours").path("unit").asString()).isEqualTo("nanoseconds");
        assertThat(row.path("ours").path("samples").asInt()).isEqualTo(3);
        assertThat(row.path("beside").path(1).path("missing").asString()).isEqualTo("not | found");
        assertThat(root.path("rows").path(1).path("ours").path("value").asDouble())
                .isEqualTo(5);
        assertThat(root.path("notes").path(0).asString()).isEqualTo("a note");
    }
}
