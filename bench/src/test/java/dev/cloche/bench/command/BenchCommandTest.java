package dev.cloche.bench.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cloche.bench.area.Area;
import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.engine.EngineArea;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Unit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private final List<String> measured = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /// A line that comes to one row.
    private final class FakeLine implements Line {
        private final String id;
        private final boolean quick;
        private final double value;

        FakeLine(String id, boolean quick, double value) {
            this.id = id;
            this.quick = quick;
            this.value = value;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public boolean quick() {
            return quick;
        }

        @Override
        public Part measure(Effort effort) {
            measured.add(id + " " + effort);
            if (value < 0) {
                throw new IllegalStateException("it is broken\nsecond line");
            }
            return new Part(
                    id,
                    List.of(new Row(
                            id, new Figure.Single("", value, Unit.RATIO), List.of(), Bar.atMost("<= 1x", value, 1))),
                    List.of());
        }
    }

    private final List<Area> areas = List.of(
            new Area("good", "Good", List.of(new FakeLine("swift", true, 0.5), new FakeLine("slow", false, 1))),
            new Area("poor", "Poor", List.of(new FakeLine("late", true, 2), new FakeLine("swift", true, 1))),
            new Area("broken", "Broken", List.of(new FakeLine("dead", true, -1), new FakeLine("swift", true, 1))));

    private int run(String... arguments) {
        return new BenchCommand(areas, stream(out), stream(err)).run(List.of(arguments));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void measuresEveryLineOfTheArea() {
        assertThat(run("good", "--check")).isZero();
        assertThat(measured).containsExactly("swift FULL", "slow FULL");
        assertThat(out()).contains("# command    ./cloche bench good --check", "bars: met=2 missed=0 failed=0");
        assertThat(err()).contains("measuring swift ...");
    }

    @Test
    void quickMeasuresQuickLinesOnlyAndOnlyThoseNamed() {
        assertThat(run("good", "--quick")).isZero();
        assertThat(run("poor", "--quick", "--only=swift")).isZero();
        assertThat(run("good", "--only=slow,swift")).isZero();
        assertThat(measured).containsExactly("swift QUICK", "swift QUICK", "slow FULL", "swift FULL");
    }

    @Test
    void aMissedBarIsAFailureIfAskedFor() {
        assertThat(run("poor")).isZero();
        assertThat(run("poor", "--check")).isEqualTo(1);
        assertThat(out()).contains("MISSED");
    }

    @Test
    void whatCannotBeMeasuredIsAlwaysAFailureAndTheRestIsMeasured() {
        assertThat(run("broken")).isEqualTo(1);
        assertThat(measured).containsExactly("dead FULL", "swift FULL");
        assertThat(out())
                .contains("FAILED", "not measured: it is broken", "failed=1")
                .doesNotContain("second line");
        assertThat(err()).contains("dead could not be measured: it is broken\nsecond line");
    }

    @Test
    void theTableComesInThreeForms() {
        run("good", "--json");
        assertThat(out()).startsWith("{").contains("\"verdict\" : \"met\"");
        out.reset();
        run("good", "--markdown");
        assertThat(out()).contains("| swift | 0.50x |");
    }

    @Test
    void wrongArgumentsAreNamedAboveTheUsage() {
        assertRefused("say which area");
        assertRefused("there is no such area, area=nothing", "nothing");
        assertRefused("one area at a time, area=poor", "good", "poor");
        assertRefused("there is no such option, option=--fast", "good", "--fast");
        assertRefused("the area good has no such part, part=late", "good", "--only=swift,late");
        assertRefused("the area good has no such part, part=", "good", "--only=");
        assertRefused("--json and --markdown exclude each other", "good", "--json", "--markdown");
        assertThat(measured).isEmpty();
    }

    private void assertRefused(String message, String... arguments) {
        err.reset();
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err()).startsWith("cloche: " + message + "\n").contains("Usage: cloche bench AREA");
        assertThat(out()).isEmpty();
    }

    @Test
    void helpIsNoError() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("Usage:", "  good       Good\n             parts: swift, slow\n", "--quick");
    }

    @Test
    void theFirstFourLinesOfTheEngineAreTheQuickOnes() {
        List<Line> lines = EngineArea.area().lines();
        assertThat(lines.subList(0, 4)).allMatch(Line::quick);
        assertThat(lines.subList(4, lines.size())).noneMatch(Line::quick);
    }

    @Test
    void linesOfAnAreaHaveNamesOfTheirOwn() {
        FakeLine line = new FakeLine("same", true, 1);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new Area("twice", "Twice", List.of(line, line)))
                .withMessageContaining("area=twice");
    }
}
