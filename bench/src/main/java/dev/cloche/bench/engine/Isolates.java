package dev.cloche.bench.engine;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Snapshotter;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import dev.cloche.host.engine.script.ScriptCode;
import dev.cloche.host.engine.script.ScriptIsolateFactory;
import dev.cloche.host.engine.wasm.WasmCode;
import dev.cloche.host.engine.wasm.WasmIsolateFactory;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Progress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Isolates of one bundle, made as a host makes them, with each step in reach: boot, snapshot, stamp, call, reset. For
/// one thread, but for calls.
public final class Isolates implements AutoCloseable {
    private static final long CALL_NANOS_MAX = TimeUnit.MINUTES.toNanos(2);

    private final Engines engines;
    private final Snapshotter snapshotter;
    private final String extension;
    private @Nullable Snapshot snapshot;

    private Isolates(Engines engines, Snapshotter snapshotter, String extension) {
        this.engines = engines;
        this.snapshotter = snapshotter;
        this.extension = extension;
    }

    /// @param memory `auto`, `foreign` or `heap`
    public static Isolates of(Bundle bundle, String memory) {
        return of(bundle, memory, new ClosedPort());
    }

    /// @param port their way out
    public static Isolates of(Bundle bundle, String memory, HostcallPort port) {
        Engines engines = engines(memory);
        Limits limits = Limits.of(bundle.manifest().limits());
        String name = bundle.manifest().name();
        Snapshotter snapshotter = switch (bundle.manifest().kind()) {
            case WASM ->
                new WasmIsolateFactory(
                        name,
                        WasmCode.load(bundle, limits, engines.compiler()),
                        port,
                        engines.memories(),
                        engines.watchdog(),
                        engines.clocks());
            case SCRIPT ->
                new ScriptIsolateFactory(
                        name,
                        new ScriptCode(bundle, limits),
                        port,
                        engines.memories(),
                        engines.watchdog(),
                        engines.threads(),
                        engines.wakeups(),
                        engines.spares(),
                        engines.clocks());
        };
        return new Isolates(engines, snapshotter, name);
    }

    static Engines engines(String memory) {
        Memories memories = Memories.of(MemorySetting.valueOf(memory.toUpperCase(Locale.ROOT)));
        Clock clock = Clock.systemUTC();
        return Engines.start(
                new EngineClocks(clock, System::nanoTime, new SecureRandom()),
                memories,
                ContentCache.off(Path.of(""), "benchmarks measure without it", clock),
                0);
    }

    /// What kind of memory they have, and why.
    String memory() {
        return engines.memories().description();
    }

    /// Makes an isolate and runs its initialisation.
    Isolate boot() {
        return snapshotter.boot(deadline());
    }

    /// Makes an isolate from the snapshot, which is taken when it is first needed.
    public Isolate stamp() {
        Snapshot taken = snapshot;
        if (taken == null) {
            taken = capture();
            snapshot = taken;
        }
        return snapshotter.stamp(taken, deadline());
    }

    private Snapshot capture() {
        try (Isolate first = boot()) {
            return snapshotter.capture(first, deadline());
        } catch (SnapshotRefusedException e) {
            throw new IllegalStateException("no snapshot can be taken, extension=" + extension, e);
        }
    }

    private static long deadline() {
        return System.nanoTime() + CALL_NANOS_MAX;
    }

    /// Calls an isolate. What is not an answer ends the benchmark.
    public Payload call(Isolate isolate, String command, Payload payload) {
        Frame frame = new Frame(1, extension, Entry.command(command), CALL_NANOS_MAX, deadline());
        return answer(isolate.run(new Invocation(frame, payload, Long.MAX_VALUE)));
    }

    static Payload answer(Reply reply) {
        return reply.payloadOrThrow();
    }

    /// Puts an isolate back into the state of the snapshot.
    void reset(Isolate isolate) {
        if (!isolate.reset()) {
            throw new IllegalStateException("the isolate cannot be reset, extension=" + extension);
        }
    }

    @Override
    public void close() {
        Snapshot taken = snapshot;
        if (taken != null) {
            taken.close();
        }
        engines.close();
    }

    /// There is no way out: what is measured needs none.
    private static final class ClosedPort implements HostcallPort, HostcallChannel {
        @Override
        public OpRef resolve(String op) {
            return OpRef.unknown(op);
        }

        @Override
        public HostcallChannel open() {
            return this;
        }

        @Override
        public Progress begin(Hostcall hostcall) {
            return new Outcome.Denied(
                    Outcome.DeniedCode.POLICY,
                    "nothing is allowed in a benchmark, op=" + hostcall.op().name(),
                    Map.of());
        }

        @Override
        public Progress submit(Hostcall hostcall, Consumer<Outcome> completion) {
            return begin(hostcall);
        }

        @Override
        public void close() {}
    }
}
