package dev.cloche.host.engine.wasm;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.IsolateFactory;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.hostcall.HostcallPort;

/// Makes isolates of one WebAssembly extension, on the calling thread.
///
/// @param extension the extension's id
/// @param port the extension's way out
public record WasmIsolateFactory(
        String extension, WasmCode code, HostcallPort port, Memories memories, Watchdog watchdog, EngineClocks clocks)
        implements IsolateFactory {
    @Override
    public Isolate create(long deadlineNanos) {
        return WasmIsolate.create(this, deadlineNanos);
    }
}
