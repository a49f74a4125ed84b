package dev.cloche.host.engine.script;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Snapshotter;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.CacheKind;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.hostcall.HostcallPort;

/// Makes isolates of one JavaScript extension. The guest runs on the host's guest threads; the caller waits.
///
/// @param extension the extension's id
/// @param port the extension's way out
public record ScriptIsolateFactory(
        String extension,
        ScriptCode code,
        HostcallPort port,
        Memories memories,
        Watchdog watchdog,
        GuestThreads threads,
        Wakeups wakeups,
        SpareEngines spares,
        EngineClocks clocks)
        implements Snapshotter {
    @Override
    public CacheKey key() {
        return CacheKey.of(CacheKind.SNAPSHOT)
                .with("bundle", code.bundle().digest())
                .with("engine", "quickjs-" + ScriptEngineBinary.build())
                .with("prelude", Prelude.identity())
                .with("stack", String.valueOf(JsRuntime.STACK_BYTES))
                .with("reserved", String.valueOf(JsRuntime.ENGINE_BYTES))
                .with("memory", String.valueOf(code.limits().memoryBytes()));
    }

    @Override
    public Isolate boot(long deadlineNanos) {
        return ScriptIsolate.boot(this, deadlineNanos);
    }

    @Override
    public Snapshot capture(Isolate isolate, long deadlineNanos) throws SnapshotRefusedException {
        return ((ScriptIsolate) isolate).capture(deadlineNanos);
    }

    @Override
    public Isolate stamp(Snapshot snapshot, long deadlineNanos) {
        return ScriptIsolate.stamp(this, snapshot);
    }
}
