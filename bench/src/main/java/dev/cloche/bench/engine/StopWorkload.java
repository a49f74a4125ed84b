package dev.cloche.bench.engine;

import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/// Guests that never end, and one that works beside them, in one host.
///
/// Operations: `stop-KIND-THREAD`, how long after its deadline a call of an endless guest returns; KIND is `compiled`,
/// `interpreted` or `script`, THREAD `platform` or `virtual`. `quiet`, a call that computes for about 5 ms;
/// `beside-THREADS`, the same beside eight endless guests on threads that are `platform`, `virtual` or `both`.
public final class StopWorkload implements Workload {
    static final String QUIET = "quiet";
    static final List<String> KINDS = List.of("compiled", "interpreted", "script");
    static final List<String> THREADS = List.of("platform", "virtual");
    static final int SPINNERS = 8;

    private static final String BOTH = "both";
    private static final double WORK_NANOS = 5e6;
    private static final Duration TIMEOUT = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    private final TemporaryFolder folder = TemporaryFolder.make();
    private final Host host = Host.open(HostConfig.at(folder.path()));
    private final int rounds;

    /// @param arguments none
    public StopWorkload(List<String> arguments) {
        host.load(WasmGuests.endless("compiled", 1));
        host.load(WasmGuests.endless("interpreted", WasmGuests.INTERPRETED_STEPS));
        host.load(Guests.endless("script"));
        host.load(WasmGuests.working("work"));
        rounds = calibrate();
    }

    /// Rounds of the working guest that take about as long as they should, once it is compiled.
    private int calibrate() {
        int count = 1 << 16;
        for (int i = 0; i < 60; i++) {
            Stopwatch watch = Stopwatch.start();
            work(count);
            count = (int) Math.clamp((long) (count * WORK_NANOS / watch.nanos()), 1 << 10, 1 << 28);
        }
        return count;
    }

    private void work(int count) {
        Reply reply = host.call(Call.of("work", Entry.command(WasmGuests.COMMAND), WasmGuests.number(count)));
        if (!(reply instanceof Reply.Ok)) {
            throw new IllegalStateException("the guest did not answer, reply=" + reply);
        }
    }

    @Override
    public Answer measure(String operation, int count) throws ExecutionException, InterruptedException {
        Recorder recorder = new Recorder();
        String[] parts = operation.split("-", -1);
        switch (parts[0]) {
            case QUIET -> works(operation, count, recorder);
            case "stop" -> {
                for (int i = 0; i < count; i++) {
                    recorder.add(operation, stopped(parts[1], parts[2].equals("virtual")));
                }
            }
            case "beside" -> beside(parts[1], operation, count, recorder);
            default -> throw Workload.unknown(operation);
        }
        return recorder.answer();
    }

    private double stopped(String kind, boolean virtual) throws ExecutionException, InterruptedException {
        FutureTask<Double> call = new FutureTask<>(() -> {
            Stopwatch watch = Stopwatch.start();
            Reply reply = host.call(endless(kind, TIMEOUT));
            double late = watch.nanos() - TIMEOUT.toNanos();
            if (!(reply instanceof Reply.TimedOut)) {
                throw new IllegalStateException("an endless guest did not time out, reply=" + reply);
            }
            return late;
        });
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(call);
        return call.get();
    }

    private static Call endless(String extension, Duration timeout) {
        return Call.of(extension, Entry.command(WasmGuests.COMMAND), Payload.EMPTY)
                .withOptions(CallOptions.DEFAULT.withTimeout(timeout));
    }

    private void works(String series, int count, Recorder recorder) {
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            work(rounds);
            recorder.add(series, watch.nanos());
        }
    }

    private void beside(String threads, String series, int count, Recorder recorder) throws InterruptedException {
        List<Thread> spinners = new ArrayList<>();
        AtomicBoolean go = new AtomicBoolean(true);
        for (int i = 0; i < SPINNERS; i++) {
            boolean virtual = threads.equals("virtual") || (threads.equals(BOTH) && i % 2 == 0);
            spinners.add((virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
                while (go.get()) {
                    Reply _ = host.call(endless("compiled", HOUR));
                }
            }));
        }
        try {
            works(series, count, recorder);
        } finally {
            go.set(false);
            for (Thread spinner : spinners) {
                spinner.interrupt();
            }
            for (Thread spinner : spinners) {
                spinner.join();
            }
        }
    }

    @Override
    public void close() {
        host.close();
        folder.close();
    }
}
