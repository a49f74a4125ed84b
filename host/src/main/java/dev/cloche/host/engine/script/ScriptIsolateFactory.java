package dev.cloche.host.engine.script;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.IsolateFactory;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
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
        EngineClocks clocks)
        implements IsolateFactory {
    @Override
    public Isolate create(long deadlineNanos) {
        return ScriptIsolate.create(this, deadlineNanos);
    }
}
