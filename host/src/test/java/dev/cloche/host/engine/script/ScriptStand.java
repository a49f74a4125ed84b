package dev.cloche.host.engine.script;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.ExecutionPermits;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Progress;
import dev.cloche.host.hostcall.Waiting;
import dev.cloche.host.scheduler.SchedulerStats;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// An isolate of one script, with a way out whose answers a test decides.
final class ScriptStand implements AutoCloseable {
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    private final LongSupplier nanoClock;
    private final Watchdog watchdog;
    private final GuestThreads threads = new GuestThreads();
    private final Wakeups wakeups = new Wakeups();
    private final ScriptIsolateFactory factory;
    private final List<ScriptIsolate> isolates = new ArrayList<>();
    private final Port port = new Port();
    private @Nullable Snapshot snapshot;

    ScriptStand(String source) {
        this(source, System::nanoTime);
    }

    ScriptStand(String source, LongSupplier nanoClock) {
        this(source, nanoClock, "");
    }

    /// @param action the name of the action that the script registers besides its command; empty for none
    ScriptStand(String source, LongSupplier nanoClock, String action) {
        this.nanoClock = nanoClock;
        this.watchdog = new Watchdog(nanoClock, ExecutionPermits.ofMachine());
        Bundle bundle = bundle(source, action);
        Memories memories = Memories.of(MemorySetting.HEAP);
        EngineClocks clocks = new EngineClocks(Clock.systemUTC(), nanoClock, new SecureRandom());
        this.factory = new ScriptIsolateFactory(
                "test",
                new ScriptCode(bundle, Limits.of(bundle.manifest().limits())),
                port,
                memories,
                watchdog,
                threads,
                wakeups,
                new SpareEngines(0, clocks, memories, threads),
                clocks);
    }

    /// A stand whose script's command is this body of a function.
    static ScriptStand running(String body) {
        return new ScriptStand("cloche.command('main', async (input) => {" + body + "});");
    }

    private static Bundle bundle(String source, String action) {
        String hooks = action.isEmpty() ? "" : "{\"name\":\"" + action + "\",\"kind\":\"action\"}";
        String manifest =
                "{\"apiVersion\":\"cloche.dev/v1\",\"name\":\"test\",\"version\":\"1.0.0\",\"kind\":\"script\","
                        + "\"entry\":\"main.js\",\"contributes\":{\"hooks\":[" + hooks
                        + "],\"commands\":[{\"name\":\"main\"}]}}";
        return BundleReader.of(
                "test",
                Map.of(
                        "cloche.json", manifest.getBytes(StandardCharsets.UTF_8),
                        "main.js", source.getBytes(StandardCharsets.UTF_8)));
    }

    /// What answers hostcalls: an operation without an answer is left open until a test says what becomes of it.
    private static final class Port implements HostcallPort, HostcallChannel {
        private final Map<String, BiConsumer<Hostcall, Consumer<Outcome>>> ops = new HashMap<>();
        private final List<Hostcall> seen = new ArrayList<>();
        private final List<Consumer<Outcome>> open = new ArrayList<>();
        private final List<String> cancelled = new ArrayList<>();

        @Override
        public OpRef resolve(String op) {
            return OpRef.unknown(op);
        }

        @Override
        public HostcallChannel open() {
            return this;
        }

        @Override
        public void close() {}

        @Override
        public Progress begin(Hostcall hostcall) {
            throw new IllegalStateException("scripts submit");
        }

        @Override
        public Progress submit(Hostcall hostcall, Consumer<Outcome> completion) {
            seen.add(hostcall);
            ops.getOrDefault(hostcall.op().name(), (made, to) -> open.add(to)).accept(hostcall, completion);
            return new UnderWay(hostcall.op().name());
        }

        /// Something that another thread carries out, which is told when it is cancelled.
        private final class UnderWay implements Waiting {
            private final String op;

            UnderWay(String op) {
                this.op = op;
            }

            @Override
            public boolean onCaller() {
                return false;
            }

            @Override
            public Outcome await() {
                throw new IllegalStateException("scripts do not wait");
            }

            @Override
            public void cancel() {
                cancelled.add(op);
            }
        }
    }

    /// Says what an operation does.
    ScriptStand op(String name, BiConsumer<Hostcall, Consumer<Outcome>> answer) {
        port.ops.put(name, answer);
        return this;
    }

    /// Says that an operation does something and answers `null`.
    ScriptStand does(String name, Runnable action) {
        return op(name, (hostcall, completion) -> {
            action.run();
            completion.accept(json("null"));
        });
    }

    static Outcome json(String json) {
        return new Outcome.Ok(Payload.text(json));
    }

    static Outcome chunk(long number, String text, boolean last) {
        return new Outcome.Chunk(number, Payload.text(text), last);
    }

    /// Answers a hostcall that was left open, by the order in which they were made.
    void answer(int index, Outcome outcome) {
        port.open.get(index).accept(outcome);
    }

    List<String> ops() {
        return port.seen.stream().map(hostcall -> hostcall.op().name()).toList();
    }

    /// The operations that were cancelled while they were under way.
    List<String> cancelled() {
        return port.cancelled;
    }

    /// What scripts have logged.
    List<String> log() {
        return port.seen.stream()
                .filter(hostcall -> hostcall.op().name().equals("log"))
                .map(hostcall -> hostcall.request().text())
                .toList();
    }

    ScriptIsolate boot() {
        ScriptIsolate isolate = (ScriptIsolate) factory.boot(nanoClock.getAsLong() + HOUR_NANOS);
        isolates.add(isolate);
        return isolate;
    }

    /// The isolate that was made last.
    ScriptIsolate isolate() {
        return isolates.isEmpty() ? boot() : isolates.getLast();
    }

    /// What has been counted in the isolate.
    SchedulerStats stats() {
        return isolate().scheduler().stats();
    }

    ScriptIsolate stamp() throws SnapshotRefusedException {
        if (snapshot == null) {
            snapshot = factory.capture(boot(), nanoClock.getAsLong() + HOUR_NANOS);
        }
        ScriptIsolate isolate = ScriptIsolate.stamp(factory, snapshot);
        isolates.add(isolate);
        return isolate;
    }

    Reply run(String input) {
        return run(isolate(), input);
    }

    Reply run(ScriptIsolate isolate, String input) {
        Frame frame = new Frame(1, "test", Entry.command("main"), HOUR_NANOS, nanoClock.getAsLong() + HOUR_NANOS);
        return isolate.run(new Invocation(frame, Payload.text(input), Long.MAX_VALUE));
    }

    /// What the script answers, as text.
    String answerTo(String input) {
        return run(input).payloadOrThrow().text();
    }

    @Override
    public void close() {
        isolates.forEach(ScriptIsolate::close);
        if (snapshot != null) {
            snapshot.close();
        }
        watchdog.close();
        threads.close();
        wakeups.close();
    }
}
