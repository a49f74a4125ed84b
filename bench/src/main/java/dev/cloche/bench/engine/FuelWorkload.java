package dev.cloche.bench.engine;

import dev.cloche.bench.Checkout;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.engine.FuelTank;
import dev.cloche.host.engine.GuestInstance;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.compile.CompiledModule;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.extension.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

/// Computations of WebAssembly and the tests of the script engine, by guests that count their fuel or do not, on the
/// default memory. Operations are the names in [#KERNELS] and in [SpeedTests#NAMES].
public final class FuelWorkload implements Workload {
    static final String ON = "on";
    static final String OFF = "off";

    /// Exports of the module of kernels, and what each is called with.
    static final Map<String, Integer> KERNELS =
            new TreeMap<>(Map.of("fib", 30, "sha256", 64, "mandelbrot", 300, "memsum", 100));

    /// CoreMark, where somebody has built it.
    static final String COREMARK = "coremark";

    private static final String KERNELS_FILE = "bench/guests/kernels.wasm";
    private static final String COREMARK_FILE = "bench/target/coremark.wasm";
    /// WASI's `badf`: CoreMark's report goes nowhere.
    private static final long BAD_FILE = 8;

    private static final String COREMARK_EXPORT = "coremark_main";
    private static final long MEMORY_BYTES = 256L << 20;
    private static final long HOURS_NANOS = 10L * 3600 * 1_000_000_000;

    private final Engines engines = Isolates.engines(MemoryKinds.DEFAULT);
    private final ModuleCompiler.Rewrite rewrite;
    private final Watchdog.Guard guard = engines.watchdog().guard();
    private final Instance kernels;
    private final RawTestsWorkload scripts;

    /// @param arguments `on` or `off`
    public FuelWorkload(List<String> arguments) throws IOException {
        rewrite = new ModuleCompiler.Rewrite(arguments.getFirst().equals(ON), true);
        guard.arm(System.nanoTime() + HOURS_NANOS);
        guard.begin();
        kernels = instance(Checkout.path(KERNELS_FILE), 0);
        Instance quickJs = instance(Path.of(SpeedLine.engine()), 0);
        scripts = new RawTestsWorkload(new RawQuickJs(quickJs));
    }

    /// Whether there is a CoreMark to measure.
    static boolean hasCoreMark() {
        return Checkout.has(COREMARK_FILE);
    }

    private Instance instance(Path file, long answer) throws IOException {
        byte[] wasm = Files.readAllBytes(file);
        CompiledModule code = engines.compiler().compile(wasm, rewrite, _ -> {});
        var tank = new FuelTank(System::nanoTime, guard, Long.MAX_VALUE);
        return GuestInstance.create(
                        code,
                        new GuestInstance.Ground(
                                engines.memories(),
                                MEMORY_BYTES,
                                RawQuickJs.imports(Parser.parse(wasm), answer),
                                tank::feed))
                .instance();
    }

    @Override
    public Answer measure(String operation, int count) throws IOException {
        if (SpeedTests.NAMES.contains(operation)) {
            return scripts.measure(operation, count);
        }
        Recorder recorder = new Recorder();
        Instance module = operation.equals(COREMARK) ? instance(Checkout.path(COREMARK_FILE), BAD_FILE) : kernels;
        String export = operation.equals(COREMARK) ? COREMARK_EXPORT : operation;
        Integer argument = KERNELS.get(operation);
        long[] arguments = argument == null ? new long[0] : new long[] {argument};
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            long[] results = module.export(export).apply(arguments);
            recorder.add(operation, watch.nanos());
            recorder.result(results.length == 0 ? "" : String.valueOf((int) results[0]));
        }
        return recorder.answer();
    }

    @Override
    public void close() {
        guard.end();
        guard.disarm();
        engines.close();
    }
}
