package dev.cloche.bench.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;

/// The bare script engine, without what Cloche puts into it. Its imports do nothing.
final class RawQuickJs {
    /// As for the guests of a host.
    private static final int STACK_BYTES = 200 << 10;

    private final Instance instance;

    /// Starts the engine.
    RawQuickJs(Instance instance) {
        this.instance = instance;
        apply("_initialize");
        if (call("qjs_init") != 0) {
            throw new IllegalStateException("the script engine does not start");
        }
        apply("qjs_set_max_stack_size", STACK_BYTES);
    }

    /// The engine as its package has it, neither split nor passed over, compiled by Endive as it comes.
    static RawQuickJs asItComes(Path wasm) {
        WasmModule module = Parser.parse(wasm);
        return new RawQuickJs(Instance.builder(module)
                .withMachineFactory(MachineFactoryCompiler.compile(module))
                .withMemoryFactory(ByteArrayMemory::new)
                .withImportValues(imports(module, 0))
                .build());
    }

    /// @param answer of every function that has a result
    static ImportValues imports(WasmModule module, long answer) {
        var imports = ImportValues.builder();
        module.importSection().stream()
                .map(FunctionImport.class::cast)
                .forEach(function -> imports.addFunction(
                        inert(function, module.typeSection().getType(function.typeIndex()), answer)));
        return imports.build();
    }

    private static ImportFunction inert(FunctionImport function, FunctionType type, long answer) {
        long[] results = new long[type.returns().size()];
        Arrays.fill(results, answer);
        return new ImportFunction(function.module(), function.name(), type, (caller, arguments) -> results.clone());
    }

    /// Runs a script whose value is of no interest.
    void run(String script) {
        apply("qjs_free_value", evaluate(script));
    }

    /// Runs a script and answers its value as text.
    String text(String script) {
        int value = evaluate(script);
        String text = textOf(value);
        apply("qjs_free_value", value);
        return text;
    }

    /// Runs all jobs, one call each, as the host's own scheduler does.
    void settle() {
        while (call("qjs_is_job_pending") != 0) {
            if (call("qjs_execute_pending_job") < 0) {
                throw new IllegalStateException("a job failed: " + textOf(call("qjs_get_exception")));
            }
        }
    }

    private int evaluate(String script) {
        int source = place(script);
        int name = place("bench.js");
        int length = script.getBytes(StandardCharsets.UTF_8).length;
        int value = call("qjs_eval", source, length, name, 0);
        apply("wasm_free", source);
        apply("wasm_free", name);
        if (call("qjs_is_exception", value) != 0) {
            throw new IllegalStateException("a script failed: " + textOf(call("qjs_get_exception")));
        }
        return value;
    }

    private String textOf(int value) {
        int address = call("qjs_get_string", value);
        String text = instance.memory().readCString(address);
        apply("qjs_free_cstring", address);
        return text;
    }

    private int place(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        int address = call("wasm_malloc", bytes.length);
        instance.memory().write(address, bytes);
        return address;
    }

    private int call(String export, long... arguments) {
        return (int) instance.export(export).apply(arguments)[0];
    }

    private void apply(String export, long... arguments) {
        instance.export(export).apply(arguments);
    }
}
