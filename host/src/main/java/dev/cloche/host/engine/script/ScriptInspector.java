package dev.cloche.host.engine.script;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.GuestThreads;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Compiles the modules of a script without running them, to see what they import.
public final class ScriptInspector implements EngineHost {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ScriptCode code;
    private final Memories memories;
    private final EngineClocks clocks;
    private final GuestClock clock;
    private final SequencedSet<String> specifiers = new LinkedHashSet<>();
    private @Nullable JsRuntime runtime;
    private Consumer<LinearMemory> watch = memory -> {};

    private ScriptInspector(ScriptCode code, Memories memories, EngineClocks clocks) {
        this.memories = memories;
        this.code = code;
        this.clocks = clocks;
        this.clock = GuestClock.started(clocks);
    }

    /// What the modules import, as written, in the order in which it is met. A module that does not compile ends the
    /// list.
    public static List<String> imports(
            ScriptCode code, Memories memories, Watchdog watchdog, GuestThreads threads, EngineClocks clocks) {
        ScriptInspector inspector = new ScriptInspector(code, memories, clocks);
        return CompletableFuture.supplyAsync(() -> inspector.compile(watchdog), threads)
                .join();
    }

    private List<String> compile(Watchdog watchdog) {
        try (Watchdog.Guard guard = watchdog.guard()) {
            watch = guard::watch;
            guard.arm(clocks.nanoClock().getAsLong() + TIMEOUT.toNanos());
            try {
                JsRuntime js =
                        JsRuntime.boot(this, memories, Limits.DEFAULT_MEMORY_BYTES, booting -> runtime = booting);
                js.compile(
                        code.bundle().code().unsafeBytes(),
                        code.bundle().manifest().entry());
            } catch (RuntimeException | StackOverflowError e) {
                // What has been met until here stands; `check` is the one to say what is wrong.
                return new ArrayList<>(specifiers);
            } finally {
                guard.disarm();
                if (runtime != null) {
                    runtime.guest().close();
                }
            }
            return new ArrayList<>(specifiers);
        }
    }

    @Override
    public void born(LinearMemory memory) {
        watch.accept(memory);
    }

    @Override
    public JsRuntime js() {
        return Objects.requireNonNull(runtime, "engine is not booted");
    }

    @Override
    public HostFunctions functions() {
        throw new IllegalStateException("a module that is only compiled calls nothing");
    }

    @Override
    public @Nullable RuntimeException stop() {
        return null;
    }

    @Override
    public void thrown(ScriptException thrown) {}

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
        return code.source(path);
    }

    @Override
    public void importing(String specifier) {
        specifiers.add(specifier);
    }
}
