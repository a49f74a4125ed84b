package dev.cloche.bench.engine;

import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The first invocation in a host that was opened just now. The bundle of 20 KB is installed in its home.
///
/// Operations: `cold`, the manifest says `prewarm` 0; `prewarmed`, it says 2, and the host has done so; `ever`, nothing
/// was kept by an earlier host.
public final class HostWorkload implements Workload {
    static final String COLD = "cold";
    static final String PREWARMED = "prewarmed";
    static final String EVER = "ever";

    private static final int PREWARM = 2;
    private static final long PREWARM_SECONDS_MAX = 60;
    private static final String CACHE = "cache";

    private final TemporaryFolder folder = TemporaryFolder.make();
    private final Path cold = installed(COLD, 0);
    private final Path prewarmed = installed(PREWARMED, PREWARM);
    private final Path ever = installed(EVER, 0);

    /// @param arguments none
    public HostWorkload(List<String> arguments) {}

    private Path installed(String name, int prewarm) {
        Path home = folder.path().resolve(name);
        try (Host host = Host.open(HostConfig.at(home))) {
            host.install(Guests.bundle(name, prewarm));
        }
        return home;
    }

    @Override
    public Answer measure(String operation, int count)
            throws InterruptedException, ExecutionException, TimeoutException {
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            switch (operation) {
                case COLD -> first(cold, operation, false, recorder);
                case PREWARMED -> first(prewarmed, operation, true, recorder);
                case EVER -> {
                    TemporaryFolder.delete(ever.resolve(CACHE));
                    first(ever, operation, false, recorder);
                }
                default -> throw Workload.unknown(operation);
            }
        }
        return recorder.answer();
    }

    private static void first(Path home, String extension, boolean wait, Recorder recorder)
            throws InterruptedException, ExecutionException, TimeoutException {
        Call call = Call.of(extension, Entry.command(Guests.DISPATCH), Payload.text(Guests.REQUEST));
        try (Host host = Host.open(HostConfig.at(home))) {
            if (wait) {
                host.prewarmed().get(PREWARM_SECONDS_MAX, TimeUnit.SECONDS);
            }
            Stopwatch watch = Stopwatch.start();
            Payload reply = Isolates.answer(host.call(call));
            recorder.add(extension, watch.nanos());
            recorder.result(reply.text());
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
