package dev.cloche.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes small WebAssembly modules for tests, byte by byte. Functions are numbered in the order of their declaration,
/// all imports first, whenever they are declared.
final class WasmBuilder {
    public static final int I32 = 0x7F;
    public static final int I64 = 0x7E;

    private static final int FUNCTION = 0;
    private static final int MEMORY = 2;

    private final List<byte[]> types = new ArrayList<>();
    private final List<byte[]> imports = new ArrayList<>();
    private final List<byte[]> functions = new ArrayList<>();
    private final List<byte[]> tables = new ArrayList<>();
    private final List<byte[]> memories = new ArrayList<>();
    private final List<byte[]> exports = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<byte[]> data = new ArrayList<>();
    private final List<String> exportedFunctions = new ArrayList<>();
    private int imported;

    /// A module that a host takes: a page of memory, an allocator that always answers 1024, and a `cloche_handle` of
    /// this body. `reply` is function 0.
    public static WasmBuilder guest(byte[] handle) {
        return new WasmBuilder()
                .importFunction("cloche", "reply", List.of(I32, I32), List.of())
                .memory(1, 16)
                .function("cloche_alloc", List.of(I32), List.of(I32), code(0x41, 0x80, 0x08))
                .function("cloche_handle", List.of(I32, I32, I32, I32), List.of(I32), handle);
    }

    /// Bytes of instructions, without the closing `end`.
    public static byte[] code(int... bytes) {
        byte[] code = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            code[i] = (byte) bytes[i];
        }
        return code;
    }

    public WasmBuilder importFunction(String module, String name, List<Integer> params, List<Integer> results) {
        imports.add(join(name(module), name(name), code(FUNCTION), unsigned(type(params, results))));
        imported++;
        return this;
    }

    public WasmBuilder importMemory(String module, String name) {
        imports.add(join(name(module), name(name), code(MEMORY, 0, 1)));
        return this;
    }

    public WasmBuilder memory(int min, int max) {
        return memory("memory", join(code(1), unsigned(min), unsigned(max)));
    }

    public WasmBuilder sharedMemory(int min, int max) {
        return memory("memory", join(code(3), unsigned(min), unsigned(max)));
    }

    /// @param export the name under which the memory is exported
    public WasmBuilder memory(String export, byte[] limits) {
        exports.add(join(name(export), code(MEMORY), unsigned(memories.size())));
        memories.add(limits);
        return this;
    }

    public WasmBuilder function(String export, List<Integer> params, List<Integer> results, byte[] body) {
        exportedFunctions.add(export);
        functions.add(unsigned(type(params, results)));
        byte[] whole = join(code(0), body, code(0x0B));
        bodies.add(join(unsigned(whole.length), whole));
        return this;
    }

    /// A table of function references.
    WasmBuilder table(int min) {
        tables.add(join(code(0x70, 0), unsigned(min)));
        return this;
    }

    /// A table of references that the host holds.
    WasmBuilder externTable(int min) {
        tables.add(join(code(0x6F, 0), unsigned(min)));
        return this;
    }

    /// Bytes that lie in memory from the start.
    public WasmBuilder data(int offset, String text) {
        return data(offset, text.getBytes(StandardCharsets.UTF_8));
    }

    public WasmBuilder data(int offset, byte[] bytes) {
        data.add(join(code(0, 0x41), signed(offset), code(0x0B), unsigned(bytes.length), bytes));
        return this;
    }

    public byte[] build() {
        List<byte[]> exports = new ArrayList<>(this.exports);
        for (int i = 0; i < exportedFunctions.size(); i++) {
            exports.add(join(name(exportedFunctions.get(i)), code(FUNCTION), unsigned(imported + i)));
        }
        return join(
                code(0, 'a', 's', 'm', 1, 0, 0, 0),
                section(1, types),
                section(2, imports),
                section(3, functions),
                section(4, tables),
                section(5, memories),
                section(7, exports),
                section(10, bodies),
                section(11, data));
    }

    private int type(List<Integer> params, List<Integer> results) {
        types.add(join(code(0x60), vector(params), vector(results)));
        return types.size() - 1;
    }

    private static byte[] vector(List<Integer> values) {
        return join(
                unsigned(values.size()),
                code(values.stream().mapToInt(Integer::intValue).toArray()));
    }

    private static byte[] section(int id, List<byte[]> items) {
        if (items.isEmpty()) {
            return new byte[0];
        }
        byte[] content = join(unsigned(items.size()), join(items.toArray(byte[][]::new)));
        return join(code(id), unsigned(content.length), content);
    }

    private static byte[] name(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return join(unsigned(bytes.length), bytes);
    }

    private static byte[] unsigned(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int left = value;
        while ((left & ~0x7F) != 0) {
            out.write((left & 0x7F) | 0x80);
            left >>>= 7;
        }
        out.write(left);
        return out.toByteArray();
    }

    private static byte[] signed(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int left = value;
        while (left > 0x3F || left < -0x40) {
            out.write((left & 0x7F) | 0x80);
            left >>= 7;
        }
        out.write(left & 0x7F);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
