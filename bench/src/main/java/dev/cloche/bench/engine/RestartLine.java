package dev.cloche.bench.engine;

import static dev.cloche.bench.engine.StampLine.spread;

import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Samples;
import dev.cloche.bench.worker.Jvm;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How long the second start of a host takes on the same home.
final class RestartLine implements Line {
    private static final double NANOS_MAX = 500e6;
    private static final String CACHE = "cache";

    /// What the launcher starts the command with.
    private static final List<String> LAUNCHER_FLAGS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    @Override
    public String id() {
        return "restart";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public Part measure(Effort effort) {
        try (TemporaryFolder folder = TemporaryFolder.make()) {
            Path home = folder.path().resolve("home");
            ReadyWorkload.install(home);
            Starts plain = new Starts(home, List.of());
            Starts launcher = new Starts(home, LAUNCHER_FLAGS);
            // The first ones fill the cache and the system's own.
            plain.pair(false);
            launcher.pair(false);
            for (int i = 0; i < effort.of(5, 15); i++) {
                plain.pair(true);
                launcher.pair(true);
            }
            return new Part(id(), List.of(row(plain, launcher)), notes());
        }
    }

    private static Row row(Starts plain, Starts launcher) {
        Samples ours = Samples.of(plain.onTop);
        return new Row(
                "second start of a host, ready to call, on top of an empty JVM",
                spread("", ours),
                List.of(
                        spread("the empty JVM", Samples.of(plain.empty)),
                        spread("first call of the script", Samples.of(plain.scriptCall)),
                        spread("first call of the wasm", Samples.of(plain.wasmCall)),
                        spread("nothing cached", Samples.of(plain.uncached)),
                        spread("with the launcher's flags", Samples.of(launcher.onTop)),
                        spread("with those, nothing cached", Samples.of(launcher.uncached))),
                Bar.atMost("p50 <= 500 ms", ours.median(), NANOS_MAX));
    }

    private static List<String> notes() {
        return List.of("Ready is a host that has loaded both extensions, the script engine's and one of a megabyte of "
                + "WebAssembly, and made an isolate of each; the launcher's flags are "
                + String.join(" ", LAUNCHER_FLAGS) + ".");
    }

    /// JVMs of the same flags, started in turns.
    private static final class Starts {
        private final Path home;
        private final List<String> flags;
        private final List<Double> empty = new ArrayList<>();
        private final List<Double> onTop = new ArrayList<>();
        private final List<Double> uncached = new ArrayList<>();
        private final List<Double> scriptCall = new ArrayList<>();
        private final List<Double> wasmCall = new ArrayList<>();

        Starts(Path home, List<String> flags) {
            this.home = home;
            this.flags = flags;
        }

        /// An empty JVM, one with the host and nothing cached, and one with what that one has cached.
        ///
        /// @param counted whether to keep the figures
        void pair(boolean counted) {
            double none = start(EmptyWorkload.class, List.of()).nanos();
            TemporaryFolder.delete(home.resolve(CACHE));
            double first = start(ReadyWorkload.class, List.of(home.toString())).nanos();
            Started second = start(ReadyWorkload.class, List.of(home.toString()));
            if (counted) {
                empty.add(none);
                uncached.add(first - none);
                onTop.add(second.nanos() - none);
                scriptCall.add(second.scriptCall());
                wasmCall.add(second.wasmCall());
            }
        }

        private Started start(Class<? extends Workload> workload, List<String> arguments) {
            Stopwatch watch = Stopwatch.start();
            try (Worker worker = Jvm.start(workload.getSimpleName(), flags, workload, arguments)) {
                double nanos = watch.nanos();
                if (arguments.isEmpty()) {
                    return new Started(nanos, 0, 0);
                }
                return new Started(
                        nanos,
                        worker.measure(ReadyWorkload.SCRIPT, 1).only(ReadyWorkload.SCRIPT),
                        worker.measure(ReadyWorkload.WASM, 1).only(ReadyWorkload.WASM));
            }
        }
    }

    private record Started(double nanos, double scriptCall, double wasmCall) {}
}
