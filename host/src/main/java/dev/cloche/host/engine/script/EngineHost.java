package dev.cloche.host.engine.script;

import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.memory.LinearMemory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an engine's imports need of whoever made the engine.
interface EngineHost {
    /// The engine's memory, before any of its code runs.
    void born(LinearMemory memory);

    /// The engine, once it is instantiated.
    JsRuntime js();

    HostFunctions functions();

    /// Why the script is to stop; null as long as it is not.
    @Nullable
    RuntimeException stop();

    /// What a script that is to stop has thrown.
    ///
    /// @throws StoppedScriptException in place of it, if the script is to stop
    void thrown(ScriptException thrown);

    EngineClocks clocks();

    /// Time as the guest reads it.
    GuestClock clock();

    /// The source text of a module, in UTF-8.
    Optional<byte[]> source(String path);

    /// Told of every specifier that is imported, as written.
    void importing(String specifier);
}
