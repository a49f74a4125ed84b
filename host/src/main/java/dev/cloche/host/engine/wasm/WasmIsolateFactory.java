package dev.cloche.host.engine.wasm;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Snapshotter;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.CacheKind;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.hostcall.HostcallPort;

/// Makes isolates of one WebAssembly extension, on the calling thread.
///
/// @param extension the extension's id
/// @param port the extension's way out
public record WasmIsolateFactory(
        String extension, WasmCode code, HostcallPort port, Memories memories, Watchdog watchdog, EngineClocks clocks)
        implements Snapshotter {
    @Override
    public CacheKey key() {
        return CacheKey.of(CacheKind.SNAPSHOT)
                .with("bundle", code.digest())
                .with("engine", ModuleCompiler.ENGINE)
                .with("transformation", code.rewrite().key())
                .with("memory", String.valueOf(code.limits().memoryBytes()));
    }

    @Override
    public Isolate boot(long deadlineNanos) {
        return WasmIsolate.boot(this, deadlineNanos);
    }

    @Override
    public Snapshot capture(Isolate isolate, long deadlineNanos) throws SnapshotRefusedException {
        return ((WasmIsolate) isolate).capture();
    }

    @Override
    public Isolate stamp(Snapshot snapshot, long deadlineNanos) {
        return WasmIsolate.stamp(this, snapshot, deadlineNanos);
    }
}
