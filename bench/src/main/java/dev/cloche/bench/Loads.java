package dev.cloche.bench;

import dev.cloche.host.ExtensionInfo;
import dev.cloche.host.bundle.Bundle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to take a bundle: read it, load its code, run its initialisation, and store it where it is installed.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Loads {
    private final BenchHost bench = BenchHost.open();
    private final Bundle wasm = Bundles.wasm();
    private final Bundle script = Bundles.script();

    @TearDown
    public void close() {
        bench.close();
    }

    @Benchmark
    public Bundle readBundle() {
        return Bundles.wasm();
    }

    @Benchmark
    public ExtensionInfo loadWasm() {
        return bench.host().load(wasm);
    }

    @Benchmark
    public ExtensionInfo loadScript() {
        return bench.host().load(script);
    }

    @Benchmark
    public ExtensionInfo installWasm() {
        return bench.host().install(wasm);
    }
}
