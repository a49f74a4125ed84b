package dev.cloche.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Workload;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import run.endive.wasm.Parser;

/// Each workload does what it claims to measure, the same in either kind of memory; how fast is not a test's business.
class WorkloadsTest {
    @ParameterizedTest
    @ValueSource(strings = {"auto", "heap"})
    void theBundleAnswersTheSameHoweverItsIsolateCameToBe(String memory) {
        try (ScriptWorkload workload = new ScriptWorkload(List.of(memory))) {
            Answer warm = workload.measure(ScriptWorkload.WARM, 2);
            assertThat(warm.result()).contains("\"status\":200", "your ticket #12");
            assertThat(warm.series().get(ScriptWorkload.WARM)).hasSize(2).allMatch(nanos -> nanos > 0);
            for (String operation : List.of(ScriptWorkload.FIRST, ScriptWorkload.RESET, ScriptWorkload.CREATE)) {
                assertThat(workload.measure(operation, 2).result()).isEqualTo(warm.result());
            }
            Answer first = workload.measure(ScriptWorkload.FIRST, 1);
            assertThat(first.only(ScriptWorkload.STAMP)).isLessThan(first.only(ScriptWorkload.FIRST));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> workload.measure("other", 1))
                    .withMessageContaining("operation=other");
        }
    }

    @Test
    void theBundleHasTwentyKilobytes() {
        assertThat(Guests.bundle().code().size()).isBetween(19_000, 21_500);
        assertThat(Guests.bundle("other", 2).manifest().pool().prewarm()).isEqualTo(2);
        assertThat(Guests.bundle("other", 2).code()).isEqualTo(Guests.bundle().code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "heap"})
    void anImagesPagesAreWrittenAndReset(String memory) {
        try (ImageWorkload workload = new ImageWorkload(List.of(memory, "1"))) {
            assertThat(workload.measure("16", 3).series().get(ImageWorkload.RESET))
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "heap"})
    void aGuestThatDeclaresMuchAnswers(String memory) {
        try (DeclaredWorkload workload = new DeclaredWorkload(List.of(memory))) {
            assertThat(workload.measure("16", 1).result()).isEqualTo("ping");
        }
    }

    @Test
    void whatCountsItsFuelComesToTheSame() throws IOException {
        try (FuelWorkload on = new FuelWorkload(List.of(FuelWorkload.ON));
                FuelWorkload off = new FuelWorkload(List.of(FuelWorkload.OFF))) {
            for (String operation : List.of("fib", "mandelbrot", "json")) {
                assertThat(on.measure(operation, 1).result())
                        .isNotEmpty()
                        .isEqualTo(off.measure(operation, 1).result());
            }
        }
    }

    @Test
    void endlessGuestsAreStoppedAndTheirNeighbourWorks() throws Exception {
        try (StopWorkload workload = new StopWorkload(List.of())) {
            for (String operation : List.of(
                    "stop-compiled-platform", "stop-interpreted-virtual", "stop-script-platform", "beside-both")) {
                assertThat(workload.measure(operation, 2).series().get(operation))
                        .as(operation)
                        .hasSize(2);
            }
        }
    }

    @Test
    void callsComeToTheSameEverywhere() {
        for (String operation : List.of(CallWorkload.IN, CallWorkload.OUT)) {
            assertThat(List.of("auto", "heap", CallWorkload.ENDIVE))
                    .extracting(kind -> calls(kind, operation))
                    .containsOnly(calls("auto", operation));
        }
    }

    private static String calls(String kind, String operation) {
        try (Workload workload = new CallWorkload(List.of(kind))) {
            return workload.measure(operation, 1).result();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theLargeModuleHasAMegabyteAndAnswers() throws Exception {
        byte[] wasm = WasmGuests.large().code().toByteArray();
        assertThat(wasm.length).isBetween(1 << 20, (1 << 20) + (64 << 10));
        assertThat(Parser.parse(wasm).codeSection().functionBodyCount()).isGreaterThan(1_000);
        try (TemporaryFolder folder = TemporaryFolder.make()) {
            ReadyWorkload.install(folder.path());
            try (ReadyWorkload workload =
                    new ReadyWorkload(List.of(folder.path().toString()))) {
                assertThat(workload.measure(ReadyWorkload.WASM, 1).result()).isEqualTo("ping");
                assertThat(workload.measure(ReadyWorkload.SCRIPT, 1).result()).contains("\"status\":200");
            }
        }
    }

    @Test
    void hostsAnswerTheSamePrewarmedOrNot() throws Exception {
        try (HostWorkload workload = new HostWorkload(List.of())) {
            Answer cold = workload.measure(HostWorkload.COLD, 1);
            assertThat(cold.result()).contains("\"status\":200");
            assertThat(workload.measure(HostWorkload.PREWARMED, 1).result()).isEqualTo(cold.result());
            assertThat(workload.measure(HostWorkload.EVER, 1).result()).isEqualTo(cold.result());
        }
    }

    @Test
    void theSixTestsComeToWhatTheEngineAsItComesComesTo() throws Exception {
        try (TestsWorkload ours = new TestsWorkload(List.of("auto"));
                TestsWorkload onHeap = new TestsWorkload(List.of("heap"));
                RawTestsWorkload raw = new RawTestsWorkload(List.of(SpeedLine.engine()))) {
            for (String test : SpeedTests.NAMES) {
                String result = raw.measure(test, 1).result();
                assertThat(result).as(test).isNotEmpty();
                assertThat(ours.measure(test, 1).result()).as(test).isEqualTo(result);
                assertThat(onHeap.measure(test, 1).result()).as(test).isEqualTo(result);
            }
        }
    }

    @Test
    void memoryIsReadFromWhatTheSystemTells() {
        List<String> rollup = List.of("00400000-7fff ---p [rollup]", "Rss:            1234 kB", "Pss:  12 kB");
        assertThat(ProcessMemory.kib(rollup, "Rss:")).isEqualTo(1234);
        assertThat(ProcessMemory.kib(rollup, "Pss:")).isEqualTo(12);
    }
}
