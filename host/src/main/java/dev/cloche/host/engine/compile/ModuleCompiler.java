package dev.cloche.host.engine.compile;

import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.function.Consumer;
import run.endive.runtime.InterpreterMachine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;

/// Turns the bytes of a WebAssembly module into code that runs it. Safe for use by many threads.
public final class ModuleCompiler {
    private static final String MAIN_CLASS = "dev.cloche.generated.Module";

    private final boolean heapMemory;

    /// @param heapMemory whether instances have their memory in heap arrays
    public ModuleCompiler(boolean heapMemory) {
        this.heapMemory = heapMemory;
    }

    /// Parses, checks and compiles a module.
    ///
    /// @param check looks at the parsed module before it is compiled, and throws to refuse it
    /// @throws WasmEngineException if it is not a valid module
    public CompiledModule compile(byte[] wasm, Consumer<WasmModule> check) {
        WasmModule module = Parser.parse(wasm);
        check.accept(module);
        GlobalLayout layout = GlobalLayout.of(module);
        EndiveClasses compiled;
        try {
            compiled = EndiveClasses.compile(module, MAIN_CLASS, false);
        } catch (WasmEngineException e) {
            return new CompiledModule(module, layout, InterpreterMachine::new, "interpreted: " + e.getMessage());
        }
        Map<String, byte[]> classes = new ClassPass(MAIN_CLASS, layout).apply(compiled.classes());
        boolean whole = compiled.interpreted().isEmpty();
        return new CompiledModule(
                whole ? skeleton(wasm) : module,
                layout,
                MachineLoader.machines(classes, MAIN_CLASS, heapMemory),
                whole ? null : "compiled in part, the rest is interpreted: functions=" + compiled.interpreted());
    }

    /// The module without its bodies, which would only take up memory.
    private static WasmModule skeleton(byte[] wasm) {
        return Parser.builder()
                .withValidation(false)
                .build()
                .parse(() -> new ByteArrayInputStream(ModuleSkeleton.of(wasm)));
    }
}
