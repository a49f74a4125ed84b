package dev.cloche.bench.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A WebAssembly module that is being written. Parameters, results and globals are all of type i32. Imports come before
/// functions.
final class WasmModule {
    static final int I32 = 0x7f;

    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};
    private static final int FUNCTION_TYPE = 0x60;
    private static final int FUNCTION = 0;
    private static final int MEMORY = 2;

    private static final int HOSTCALL_PARAMETERS = 4;
    private static final byte[] HOSTCALL = {FUNCTION_TYPE, 4, I32, I32, I32, I32, 1, 0x7e};

    private final List<byte[]> types = new ArrayList<>();
    private final List<byte[]> imports = new ArrayList<>();
    private final List<Integer> functions = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<byte[]> exports = new ArrayList<>();
    private int memoryPages;
    private int globals;

    /// Imports a function.
    ///
    /// @return its index
    int importFunction(String module, String name, int parameters, int results) {
        if (!functions.isEmpty()) {
            throw new IllegalStateException("imports come before functions, import=" + name);
        }
        var out = new ByteArrayOutputStream();
        name(out, module);
        name(out, name);
        out.write(FUNCTION);
        WasmCode.unsigned(out, type(parameters, results));
        imports.add(out.toByteArray());
        return imports.size() - 1;
    }

    /// Imports a function of four parameters that answers an i64, as hostcalls do.
    ///
    /// @return its index
    int importHostcall(String module, String name) {
        int index = importFunction(module, name, HOSTCALL_PARAMETERS, 0);
        var out = new ByteArrayOutputStream();
        name(out, module);
        name(out, name);
        out.write(FUNCTION);
        WasmCode.unsigned(out, type(HOSTCALL));
        imports.set(index, out.toByteArray());
        return index;
    }

    /// Adds a function.
    ///
    /// @return its index
    int function(int parameters, int results, int locals, WasmCode code) {
        functions.add(type(parameters, results));
        bodies.add(code.body(locals));
        return imports.size() + functions.size() - 1;
    }

    void memory(int pages) {
        memoryPages = pages;
        export("memory", MEMORY, 0);
    }

    /// Adds a global that can be changed and is zero at first.
    ///
    /// @return its index
    int global() {
        return globals++;
    }

    void exportFunction(String name, int index) {
        export(name, FUNCTION, index);
    }

    private void export(String name, int kind, int index) {
        var out = new ByteArrayOutputStream();
        name(out, name);
        out.write(kind);
        WasmCode.unsigned(out, index);
        exports.add(out.toByteArray());
    }

    /// The index of a type; Endive makes a class of each, so one that is there already is taken again.
    private int type(int parameters, int results) {
        var out = new ByteArrayOutputStream();
        out.write(FUNCTION_TYPE);
        for (int count : new int[] {parameters, results}) {
            WasmCode.unsigned(out, count);
            for (int i = 0; i < count; i++) {
                out.write(I32);
            }
        }
        return type(out.toByteArray());
    }

    private int type(byte[] wanted) {
        for (int i = 0; i < types.size(); i++) {
            if (Arrays.equals(types.get(i), wanted)) {
                return i;
            }
        }
        types.add(wanted);
        return types.size() - 1;
    }

    byte[] bytes() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(HEADER);
        section(out, 1, types);
        section(out, 2, imports);
        section(out, 3, functions.stream().map(WasmModule::number).toList());
        if (memoryPages > 0) {
            var limits = new ByteArrayOutputStream();
            limits.write(0);
            WasmCode.unsigned(limits, memoryPages);
            section(out, 5, List.of(limits.toByteArray()));
        }
        section(out, 6, java.util.Collections.nCopies(globals, new byte[] {I32, 1, 0x41, 0, 0x0b}));
        section(out, 7, exports);
        section(out, 10, bodies.stream().map(WasmModule::sized).toList());
        return out.toByteArray();
    }

    private static void section(ByteArrayOutputStream out, int id, List<byte[]> items) {
        if (items.isEmpty()) {
            return;
        }
        var content = new ByteArrayOutputStream();
        WasmCode.unsigned(content, items.size());
        items.forEach(content::writeBytes);
        out.write(id);
        out.writeBytes(sized(content.toByteArray()));
    }

    private static byte[] number(int value) {
        var out = new ByteArrayOutputStream();
        WasmCode.unsigned(out, value);
        return out.toByteArray();
    }

    private static byte[] sized(byte[] content) {
        var out = new ByteArrayOutputStream();
        WasmCode.unsigned(out, content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static void name(ByteArrayOutputStream out, String name) {
        out.writeBytes(sized(name.getBytes(StandardCharsets.UTF_8)));
    }
}
