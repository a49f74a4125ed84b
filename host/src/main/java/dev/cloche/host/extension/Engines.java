package dev.cloche.host.extension;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.ExecutionPermits;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Wakeups;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.compile.CompileSettings;
import dev.cloche.host.engine.compile.ModuleCompiler;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.script.SpareEngines;
import dev.cloche.host.pool.HostIsolates;
import dev.cloche.host.pool.PoolContext;
import dev.cloche.host.pool.PoolMaintenance;

/// The threads and clocks that all extensions of a host share.
public record Engines(
        EngineClocks clocks,
        Memories memories,
        ContentCache cache,
        ModuleCompiler compiler,
        Watchdog watchdog,
        GuestThreads threads,
        SpareEngines spares,
        Wakeups wakeups,
        PoolMaintenance maintenance,
        PoolContext pools)
        implements AutoCloseable {
    public static Engines start(EngineClocks clocks, Memories memories, ContentCache cache, int scriptPrewarm) {
        return start(
                clocks,
                memories,
                cache,
                scriptPrewarm,
                CompileSettings.DEFAULT,
                new HostIsolates(HostIsolates.DEFAULT_MAX),
                false);
    }

    /// @param leakStacks whether leases remember where they were acquired
    public static Engines start(
            EngineClocks clocks,
            Memories memories,
            ContentCache cache,
            int scriptPrewarm,
            CompileSettings compile,
            HostIsolates isolates,
            boolean leakStacks) {
        memories.host().reclaimer(isolates::evict);
        var threads = new GuestThreads();
        var spares = new SpareEngines(scriptPrewarm, clocks, memories, threads);
        spares.refill();
        return new Engines(
                clocks,
                memories,
                cache,
                new ModuleCompiler(!memories.foreign(), cache, compile),
                new Watchdog(clocks.nanoClock(), ExecutionPermits.ofMachine()),
                threads,
                spares,
                new Wakeups(),
                PoolMaintenance.start(),
                new PoolContext(isolates, clocks.nanoClock(), clocks.random(), leakStacks));
    }

    /// The same engines for what is loaded to be thrown away: nothing of it is kept on disk. Not to be closed.
    public Engines uncached() {
        ContentCache off = ContentCache.off(cache.folder(), "what is thrown away is not kept", clocks.wall());
        return new Engines(
                clocks,
                memories,
                off,
                new ModuleCompiler(!memories.foreign(), off),
                watchdog,
                threads,
                spares,
                wakeups,
                maintenance,
                pools);
    }

    @Override
    public void close() {
        maintenance.close();
        wakeups.close();
        spares.close();
        threads.close();
        watchdog.close();
        memories.close();
    }
}
