package dev.cloche.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.bench.Checkout;
import dev.cloche.host.engine.rewrite.FuelPass;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

/// A unit of fuel is what it is in Wasmtime: the numbers are those that Wasmtime 50.0.1 counted for the same calls, by
/// `Store.set_fuel` and `get_fuel`.
class FuelUnitsTest {
    private static final long MUCH = 1L << 40;

    @ParameterizedTest
    @CsvSource({"fib, 20, 276229", "mandelbrot, 40, 2784474", "memsum, 3, 6881324"})
    void aCallUsesAsManyUnitsAsInWasmtime(String export, long argument, long units) throws IOException {
        FuelPass.Result counted = FuelPass.run(Files.readAllBytes(Checkout.path("bench/guests/kernels.wasm")));
        Instance instance = Instance.builder(Parser.parse(counted.wasm()))
                .withMemoryFactory(ByteArrayMemory::new)
                .build();
        var fuel = instance.global(counted.globals().fuel());
        fuel.setValue(MUCH);
        instance.export(export).apply(argument);
        assertThat(MUCH - fuel.getValue()).isEqualTo(units);
    }
}
