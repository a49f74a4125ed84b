package dev.cloche.host.engine.script;

import dev.cloche.host.engine.memory.Memories;

/// Which JavaScript engine this host carries.
public final class ScriptEngine {
    private ScriptEngine() {}

    /// Reads the engine and loads its classes, which otherwise the first script waits for.
    public static void prepare(Memories memories) {
        var _ = ScriptEngineBinary.code(!memories.foreign());
    }

    /// Name, version and the start of the hash of the WebAssembly file it was compiled from.
    public static String description() {
        return "QuickJS-ng, quickjs-wasi " + ScriptEngineBinary.version() + ", sha256 "
                + ScriptEngineBinary.sha256().substring(0, 16);
    }
}
