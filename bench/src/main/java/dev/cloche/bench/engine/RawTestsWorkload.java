package dev.cloche.bench.engine;

import dev.cloche.bench.Checkout;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The six tests of speed in the script engine as it comes, on Endive as it comes. Operations are the tests' names.
public final class RawTestsWorkload implements Workload {
    private final RawQuickJs engine;

    /// @param arguments the script engine's file
    public RawTestsWorkload(List<String> arguments) throws IOException {
        this(RawQuickJs.asItComes(Path.of(arguments.getFirst())));
    }

    RawTestsWorkload(RawQuickJs engine) throws IOException {
        this.engine = engine;
        engine.run(Files.readString(Checkout.path(SpeedTests.FILE)));
        engine.run("""
                globalThis.benchStart = (name) => {
                  globalThis.benchResult = "";
                  Promise.resolve(benchTests[name]()).then((text) => { globalThis.benchResult = String(text); });
                };
                """);
    }

    @Override
    public Answer measure(String operation, int count) {
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            engine.run("benchStart('" + operation + "')");
            engine.settle();
            recorder.add(operation, watch.nanos());
            recorder.result(engine.text("benchResult"));
        }
        return recorder.answer();
    }
}
