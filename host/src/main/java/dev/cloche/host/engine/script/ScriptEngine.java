package dev.cloche.host.engine.script;

/// Which JavaScript engine this host carries.
public final class ScriptEngine {
    private ScriptEngine() {}

    /// Name, version and the start of the hash of the WebAssembly file it was compiled from.
    public static String description() {
        return "QuickJS-ng, quickjs-wasi " + ScriptEngineBinary.version() + ", sha256 "
                + ScriptEngineBinary.sha256().substring(0, 16);
    }
}
