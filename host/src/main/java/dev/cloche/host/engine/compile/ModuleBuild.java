package dev.cloche.host.engine.compile;

import java.util.Map;
import java.util.function.Consumer;
import run.endive.wasm.WasmModule;

/// A way of making the classes of a module.
@FunctionalInterface
interface ModuleBuild {
    /// The classes and what lies beside them, by name.
    ///
    /// @param check looks at the parsed module and throws to refuse it; whoever compiles at a place where it cannot be
    ///     called leaves it to the caller
    /// @throws run.endive.wasm.WasmEngineException if it is not a valid module
    /// @throws CompileFailedException if it cannot be compiled within what there is for it
    Map<String, byte[]> classes(byte[] wasm, ModuleCompiler.Rewrite rewrite, Consumer<WasmModule> check);
}
