package dev.cloche.bench.hostcall;

import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.engine.HostcallGuests;
import dev.cloche.bench.engine.Isolates;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.LaneControl;
import dev.cloche.host.hostcall.LaneOverride;
import dev.cloche.host.hostcall.LaneSampling;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.OpHandler;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.OverloadSettings;
import dev.cloche.host.hostcall.QuotaLimits;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.policy.command.CommandPolicy;
import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.reactor.ServiceThreads;
import dev.cloche.host.service.ExecSettings;
import dev.cloche.host.service.FilesFolder;
import dev.cloche.host.service.SecretsFile;
import dev.cloche.host.service.ServiceSettings;
import dev.cloche.host.service.Services;
import dev.cloche.host.storage.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Hostcalls of one isolate in one lane, and what they are made of.
public final class HostcallWorkload implements Workload {
    static final String FAST = "fast";
    static final String COMPAT = "compat";

    static final String CLOCK = "clock-now";
    static final String CLOCK_NAMED = "clock-now-by-name";
    static final String KV = "kv-get";
    static final String KV_NAMED = "kv-get-by-name";
    static final String QUEUED = "queued";
    static final String QUEUED_P50 = "queued-p50";
    static final String QUEUED_P99 = "queued-p99";
    static final String AWAIT = "await";
    static final String AWAIT_QUEUED = "await-queued";
    static final String RING = "ring";
    static final String RING_JCTOOLS = "ring-jctools";
    static final String RING_BLOCKING = "ring-blocking";
    static final String TICK = "tick";
    static final String DECIDE = "decide";
    static final String FETCH = "decide-fetch";
    static final String DECIDE_BYTES = "decide-bytes";

    /// What both lanes are measured with.
    static final List<String> IN_LANES =
            List.of(CLOCK, CLOCK_NAMED, KV, KV_NAMED, QUEUED_P50, QUEUED_P99, AWAIT, AWAIT_QUEUED);

    /// What has nothing to do with lanes.
    static final List<String> ALONE = List.of(RING, RING_JCTOOLS, RING_BLOCKING, TICK, DECIDE, FETCH, DECIDE_BYTES);

    private static final String WAIT_OP = "bench.wait";
    static final int ROUNDS = 1_000;
    static final int BATCHES = 300;

    private static final int SINGLES = 20_000;
    private static final int AWAITS = 200;

    private final TemporaryFolder home = TemporaryFolder.make();
    private final Storage storage;
    private final Services services;
    private final HostcallRouter router;
    private final ServiceThreads threads;

    /// @param arguments which lane
    public HostcallWorkload(List<String> arguments) {
        boolean compat = arguments.getFirst().equals(COMPAT);
        this.storage = new Storage(home.path(), Duration.ofSeconds(5), System::nanoTime);
        this.services = Services.open(
                storage::database,
                (_, _) -> {
                    throw new IllegalStateException("nothing nests in this benchmark");
                },
                new ServiceSettings(
                        _ -> {},
                        new EngineClocks(Clock.systemUTC(), System::nanoTime, new Random(1)),
                        1,
                        new ExecSettings(CommandPolicy.SAFE, _ -> 1),
                        new FilesFolder(null, home.path()),
                        new SecretsFile(home.path())));
        List<Op> ops = new ArrayList<>(services.ops().ops().values());
        Outcome done = new Outcome.Ok(Payload.text("{}"));
        OpHandler nothing = _ -> done;
        ops.add(Op.blocking(WAIT_OP, "kv.read", nothing, nothing));
        this.threads = new ServiceThreads(Runtime.getRuntime().availableProcessors());
        LaneControl lanes = new LaneControl(
                compat ? LaneOverride.ALL : LaneOverride.UNSET,
                OverloadSettings.DEFAULT,
                System::nanoTime,
                System::currentTimeMillis,
                _ -> {});
        this.router = new HostcallRouter(
                new OpTable(ops),
                Reactor.shared(ReactorSettings.DEFAULT, threads, System::nanoTime),
                lanes,
                LaneSampling.OFF,
                (_, _, denied) -> {
                    throw new IllegalStateException("nothing is denied in this benchmark: " + denied);
                },
                System::nanoTime);
    }

    static String title(String operation) {
        return switch (operation) {
            case CLOCK -> "clock.now, imported";
            case CLOCK_NAMED -> "clock.now, by name, JSON";
            case KV -> "kv.get of a hot key, imported";
            case KV_NAMED -> "kv.get of a hot key, by name, JSON";
            case QUEUED_P50 -> "an operation that may block, queued and back, p50";
            case QUEUED_P99 -> "the same, p99";
            case AWAIT -> "script: await of clock.now";
            case AWAIT_QUEUED -> "script: await of an operation that may block";
            default -> operation;
        };
    }

    private HostcallPort port(Bundle bundle) {
        return router.portFor(
                new Policy(Profile.BALANCED, Map.of())
                        .resolve(bundle.manifest().name(), bundle.manifest().capabilities()),
                QuotaLimits.DEFAULT
                        .withPerSecond(QuotaLimits.PER_SECOND_MAX)
                        .withPerMinute(QuotaLimits.PER_MINUTE_MAX)
                        .withBytesPerMinute(QuotaLimits.BYTES_PER_MINUTE_MAX));
    }

    @Override
    public Answer measure(String operation, int count) throws Exception {
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            measure(operation, recorder);
        }
        return recorder.answer();
    }

    private void measure(String operation, Recorder recorder) throws Exception {
        byte[] key = "k".getBytes(StandardCharsets.UTF_8);
        switch (operation) {
            case CLOCK -> wasm(operation, HostcallGuests.importing("clock.now"), ROUNDS, new byte[0], recorder);
            case CLOCK_NAMED -> wasm(operation, HostcallGuests.naming(), ROUNDS, named("clock.now", "{}"), recorder);
            case KV -> wasm(operation, HostcallGuests.importing("kv.get"), ROUNDS, key, recorder);
            case KV_NAMED ->
                wasm(operation, HostcallGuests.naming(), ROUNDS, named("kv.get", "{\"key\":\"k\"}"), recorder);
            case QUEUED_P50, QUEUED_P99 -> singles(operation, recorder);
            case AWAIT -> script(operation, "clock.now", recorder);
            case AWAIT_QUEUED -> script(operation, WAIT_OP, recorder);
            default -> Parts.measure(operation, recorder);
        }
    }

    private static byte[] named(String op, String request) {
        byte[] name = op.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + name.length + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(name.length)
                .put(name)
                .put(bytes)
                .array();
    }

    private static Payload payload(int rounds, byte[] rest) {
        return Payload.wrap(ByteBuffer.allocate(Integer.BYTES + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(rounds)
                .put(rest)
                .array());
    }

    private void wasm(String operation, Bundle bundle, int rounds, byte[] rest, Recorder recorder) {
        try (Isolates isolates = Isolates.of(bundle, "auto", port(bundle));
                Isolate isolate = isolates.stamp()) {
            Payload payload = payload(rounds, rest);
            recorder.add(
                    operation, median(BATCHES, () -> isolates.call(isolate, HostcallGuests.COMMAND, payload)) / rounds);
        }
    }

    private void singles(String operation, Recorder recorder) {
        Bundle bundle = HostcallGuests.importing(WAIT_OP);
        try (Isolates isolates = Isolates.of(bundle, "auto", port(bundle));
                Isolate isolate = isolates.stamp()) {
            Payload payload = payload(1, new byte[0]);
            double[] sorted = times(SINGLES, () -> isolates.call(isolate, HostcallGuests.COMMAND, payload));
            recorder.add(
                    operation, sorted[operation.equals(QUEUED_P99) ? sorted.length * 99 / 100 : sorted.length / 2]);
        }
    }

    private void script(String operation, String op, Recorder recorder) {
        Bundle bundle = HostcallGuests.awaiting(op);
        try (Isolates isolates = Isolates.of(bundle, "auto", port(bundle));
                Isolate isolate = isolates.stamp()) {
            Payload payload = Payload.text(Integer.toString(AWAITS));
            Payload answered = isolates.call(isolate, HostcallGuests.COMMAND, payload);
            if (!answered.equals(payload)) {
                throw new IllegalStateException("each hostcall is answered, answered=" + answered.text());
            }
            recorder.add(
                    operation, median(BATCHES, () -> isolates.call(isolate, HostcallGuests.COMMAND, payload)) / AWAITS);
        }
    }

    private static double median(int batches, Runnable work) {
        double[] sorted = times(batches, work);
        return sorted[sorted.length / 2];
    }

    private static double[] times(int count, Runnable work) {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            work.run();
            times[i] = watch.nanos();
        }
        Arrays.sort(times);
        return times;
    }

    @Override
    public void close() {
        router.close();
        threads.close();
        services.close();
        storage.close();
        home.close();
    }
}
