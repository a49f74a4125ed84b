package dev.cloche.host.engine.script;

import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.GuestFaultException;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An engine with the prelude in it, and nobody's script yet. Once an isolate has taken it over, everything the engine
/// asks of its host is the isolate's business.
///
/// Booted by one thread and taken over by another; never used by both at once.
final class BootedEngine implements EngineHost, AutoCloseable {
    private final EngineClocks clocks;
    private final GuestClock clock;
    private final long memoryBytes;
    private @Nullable EngineHost owner;
    private @Nullable JsRuntime runtime;
    private @Nullable Prelude prelude;

    private BootedEngine(EngineClocks clocks, long memoryBytes) {
        this.clocks = clocks;
        this.clock = GuestClock.started(clocks);
        this.memoryBytes = memoryBytes;
    }

    /// Boots an engine on the calling thread, which must have a guest thread's stack.
    static BootedEngine boot(EngineClocks clocks, Memories memories, long memoryBytes) {
        var engine = new BootedEngine(clocks, memoryBytes);
        boolean done = false;
        try {
            JsRuntime js = JsRuntime.boot(engine, memories, memoryBytes, booting -> engine.runtime = booting);
            engine.prelude = Prelude.install(js);
            done = true;
            return engine;
        } finally {
            if (!done) {
                engine.close();
            }
        }
    }

    /// How large its memory may get.
    long memoryBytes() {
        return memoryBytes;
    }

    /// Makes an isolate the engine's host.
    void handOver(EngineHost isolate) {
        owner = isolate;
        isolate.born(js().memory());
    }

    Prelude prelude() {
        return Objects.requireNonNull(prelude, "engine is not booted");
    }

    private EngineHost owner() {
        if (owner == null) {
            throw new GuestFaultException(TrapKind.ENGINE, "an engine without a script called its host");
        }
        return owner;
    }

    @Override
    public void born(LinearMemory memory) {}

    @Override
    public JsRuntime js() {
        return Objects.requireNonNull(runtime, "engine is not booted");
    }

    @Override
    public HostFunctions functions() {
        return owner().functions();
    }

    @Override
    public @Nullable RuntimeException stop() {
        return owner == null ? null : owner.stop();
    }

    @Override
    public void thrown(ScriptException thrown) {
        if (owner != null) {
            owner.thrown(thrown);
        }
    }

    @Override
    public EngineClocks clocks() {
        return clocks;
    }

    @Override
    public GuestClock clock() {
        return clock;
    }

    @Override
    public Optional<byte[]> source(String path) {
        return owner().source(path);
    }

    @Override
    public void importing(String specifier) {
        owner().importing(specifier);
    }

    /// Gives the memory of an engine back that nobody has taken over.
    @Override
    public void close() {
        if (runtime != null) {
            runtime.guest().close();
        }
    }
}
