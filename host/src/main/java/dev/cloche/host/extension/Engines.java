package dev.cloche.host.extension;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.pool.PoolMaintenance;

/// The threads and clocks that all extensions of a host share.
public record Engines(
        EngineClocks clocks, Watchdog watchdog, GuestThreads threads, Wakeups wakeups, PoolMaintenance maintenance)
        implements AutoCloseable {
    public static Engines start(EngineClocks clocks) {
        return new Engines(
                clocks, new Watchdog(clocks.nanoClock()), new GuestThreads(), new Wakeups(), PoolMaintenance.start());
    }

    @Override
    public void close() {
        maintenance.close();
        wakeups.close();
        threads.close();
        watchdog.close();
    }
}
