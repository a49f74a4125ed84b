package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.rewrite.EndiveRun.CallFuel;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.InterpreterMachine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;

/// Fuel is the same however a module runs, and what it is said to be: the instructions that are executed.
class FuelPassTest {
    private static final int MODULES = 200;

    @Test
    void aCallUsesTheSameFuelHoweverItRuns() {
        int compared = 0;
        long total = 0;
        try (var host = new ClochePipeline()) {
            for (long seed = 1; seed <= MODULES; seed++) {
                var module = ModuleGenerator.generate(seed);
                List<CallFuel> interpreted = fuels(module, FuelPassTest::interpreted);
                List<CallFuel> compiled = fuels(module, FuelPassTest::compiled);
                long of = seed;
                List<CallFuel> onHost = fuels(module, wasm -> host.prepare(wasm, of));
                List<CallFuel> onOtherMemory = fuels(module, wasm -> host.prepare(wasm, of + 1));
                if (compiled.isEmpty() || interpreted.isEmpty() || onHost.isEmpty() || onOtherMemory.isEmpty()) {
                    continue;
                }
                assertThat(interpreted).as("interpreted, seed=" + seed).isEqualTo(compiled);
                assertThat(onHost).as("on the host, seed=" + seed).isEqualTo(compiled);
                assertThat(onOtherMemory)
                        .as("on the host, other memory and splitting, seed=" + seed)
                        .isEqualTo(compiled);
                compared++;
                total += compiled.stream().mapToLong(CallFuel::units).sum();
            }
        }
        assertThat(compared).isGreaterThan(MODULES * 9 / 10);
        assertThat(total).isPositive();
    }

    @Test
    void fuelIsWhatTheInterpreterExecutes() {
        int exact = 0;
        for (long seed = 1; seed <= MODULES; seed++) {
            var module = ModuleGenerator.generate(seed);
            List<CallFuel> fuels = fuels(module, FuelPassTest::interpreted);
            List<CallFuel> executed =
                    fuels(module, wasm -> InstructionCount.of(wasm).subject());
            if (fuels.isEmpty() || executed.isEmpty()) {
                continue;
            }
            assertThat(fuels).hasSameSizeAs(executed);
            for (int call = 0; call < fuels.size(); call++) {
                var expected = assertThat(fuels.get(call).units()).as("seed=" + seed + " call=" + call);
                if (fuels.get(call).returned()) {
                    expected.isEqualTo(executed.get(call).units());
                    exact++;
                } else {
                    // A trap leaves code behind that was charged.
                    expected.isGreaterThanOrEqualTo(executed.get(call).units());
                }
            }
        }
        assertThat(exact).isGreaterThan(10 * MODULES);
    }

    @Test
    void whatCannotBeCountedIsRefused() {
        byte[] vector = {
            0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, (byte) 0xFD, 0, 0x0B
        };
        assertThatThrownBy(() -> FuelPass.run(vector))
                .isInstanceOf(UncountableException.class)
                .hasMessageContaining("func[0]")
                .hasMessageContaining("vectors");
    }

    /// The globals that count fuel get the indices behind the module's own.
    static Stream<Arguments> intrusions() {
        return Stream.of(
                Arguments.of("reads it", new int[] {10, 7, 1, 5, 0, 0x23, 0, 0x1A, 0x0B}),
                Arguments.of("fills it up", new int[] {10, 8, 1, 6, 0, 0x42, 0, 0x24, 0, 0x0B}),
                Arguments.of("names it where nothing runs", new int[] {10, 8, 1, 6, 0, 0x00, 0x23, 0, 0x1A, 0x0B}),
                Arguments.of("exports it", new int[] {7, 5, 1, 1, 'f', 3, 0, 10, 4, 1, 2, 0, 0x0B}),
                Arguments.of("exports the request", new int[] {7, 5, 1, 1, 'f', 3, 1, 10, 4, 1, 2, 0, 0x0B}),
                Arguments.of("starts with a function that is none", new int[] {8, 1, 1, 10, 4, 1, 2, 0, 0x0B}),
                Arguments.of("calls a function that is none", new int[] {10, 6, 1, 4, 0, 0x10, 1, 0x0B}),
                Arguments.of(
                        "takes it for a data segment", new int[] {10, 4, 1, 2, 0, 0x0B, 11, 6, 1, 0, 0x23, 0, 0x0B, 0}),
                Arguments.of(
                        "takes it for an element segment",
                        new int[] {9, 6, 1, 0, 0x23, 0, 0x0B, 0, 10, 4, 1, 2, 0, 0x0B}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("intrusions")
    void noModuleGetsHoldOfItsFuel(String what, int[] sections) {
        byte[] start = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0};
        byte[] module = Arrays.copyOf(start, start.length + sections.length);
        for (int i = 0; i < sections.length; i++) {
            module[start.length + i] = (byte) sections[i];
        }
        assertThatThrownBy(() -> FuelPass.run(module))
                .as(what)
                .isInstanceOf(RewriteException.class)
                .hasMessageContaining("there is no such");
    }

    private static List<CallFuel> fuels(ModuleLayout.TestModule module, Function<byte[], Pipeline.Subject> pipeline) {
        try {
            return EndiveRun.fuels(module, pipeline.apply(module.wasm()));
        } catch (WasmEngineException | LinkageError | IndexOutOfBoundsException e) {
            return List.of();
        }
    }

    private static Pipeline.Subject compiled(byte[] wasm) {
        var counted = FuelPass.run(wasm);
        return Pipeline.Subject.compiled(counted.wasm()).counting(counted.globals());
    }

    private static Pipeline.Subject interpreted(byte[] wasm) {
        var counted = FuelPass.run(wasm);
        return new Pipeline.Subject(
                counted.wasm(),
                Parser.parse(counted.wasm()),
                builder -> builder.withMachineFactory(InterpreterMachine::new).withMemoryFactory(ByteArrayMemory::new),
                Pipeline.Subject.usedBelowZero(counted.globals()));
    }
}
