package dev.cloche.host.engine.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.MemoryKinds;
import dev.cloche.host.engine.GuestInstance;
import dev.cloche.host.engine.memory.Memories;
import java.nio.charset.StandardCharsets;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;

/// A QuickJS whose imports do nothing: enough for scripts that ask nothing of the host.
final class BareQuickJs {
    private static final long MEMORY_BYTES = 256L << 20;

    private final Instance instance;

    BareQuickJs() {
        this(Memories.of(MemoryKinds.ofRun()));
    }

    BareQuickJs(Memories memories) {
        var module = ScriptEngineBinary.module();
        var imports = ImportValues.builder();
        module.importSection().stream()
                .map(FunctionImport.class::cast)
                .forEach(function ->
                        imports.addFunction(inert(function, module.typeSection().getType(function.typeIndex()))));
        instance = GuestInstance.create(
                        ScriptEngineBinary.code(!memories.foreign()),
                        new GuestInstance.Ground(memories, MEMORY_BYTES, imports.build(), memory -> {}))
                .instance();
        instance.export("_initialize").apply();
        assertThat(instance.export("qjs_init").apply()[0]).isZero();
    }

    private static ImportFunction inert(FunctionImport function, FunctionType type) {
        return new ImportFunction(
                function.module(),
                function.name(),
                type,
                (caller, arguments) -> new long[type.returns().size()]);
    }

    Instance instance() {
        return instance;
    }

    /// The value of a script, as QuickJS turns it into a string. The script may not throw.
    String evaluate(String script) {
        return evaluate("test.js", script);
    }

    String evaluate(String fileName, String script) {
        long source = write(script);
        long name = write(fileName);
        long length = script.getBytes(StandardCharsets.UTF_8).length;
        long result = instance.export("qjs_eval").apply(source, length, name, 0)[0];
        if (instance.export("qjs_is_exception").apply(result)[0] != 0) {
            throw new AssertionError("the script threw, error="
                    + text(instance.export("qjs_get_exception").apply()[0]));
        }
        return text(result);
    }

    private String text(long value) {
        return instance.memory()
                .readCString((int) instance.export("qjs_get_string").apply(value)[0]);
    }

    private long write(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        long address = instance.export("wasm_malloc").apply(bytes.length)[0];
        instance.memory().write((int) address, bytes);
        return address;
    }
}
