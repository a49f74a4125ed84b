package dev.cloche.host.engine.rewrite;

import java.util.function.Consumer;

/// Writes modules of any size: functions of few kinds, in great numbers. Type 0 takes an `i32`.
final class TestModule {
    private static final int EXTERNAL_FUNCTION = 0;
    private static final int EXTERNAL_MEMORY = 2;

    private final ByteWriter types = new ByteWriter();
    private final ByteWriter functions = new ByteWriter();
    private final ByteWriter codes = new ByteWriter();
    private int typeCount;
    private int functionCount;
    private boolean entities;

    TestModule() {
        type(new byte[] {WorstModules.I32}, new byte[0]);
    }

    /// The code of a function without locals.
    static byte[] body(Consumer<ByteWriter> code) {
        return body(0, 0, code);
    }

    /// The code of a function with locals of one type.
    static byte[] body(int locals, int type, Consumer<ByteWriter> code) {
        var out = new ByteWriter();
        if (locals == 0) {
            out.u8(0);
        } else {
            out.u8(1).u32(locals).u8(type);
        }
        code.accept(out);
        return out.u8(Opcodes.END).toByteArray();
    }

    TestModule type(byte[] parameters, byte[] results) {
        types.u8(ModuleParser.FUNCTION_TYPE).u32(parameters.length).bytes(parameters);
        types.u32(results.length).bytes(results);
        typeCount++;
        return this;
    }

    TestModule functions(int count, int type, byte[] body) {
        for (int i = 0; i < count; i++) {
            functions.u32(type);
            codes.sized(body);
        }
        functionCount += count;
        return this;
    }

    /// Adds as many exports, globals and segments as may be.
    TestModule entities() {
        entities = true;
        return this;
    }

    /// A module with a table, a memory, and an export of the memory.
    byte[] build() {
        var out = new ByteWriter().bytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(out, Section.TYPE, typeCount, types);
        section(out, Section.FUNCTION, functionCount, functions);
        section(out, Section.TABLE, 1, new ByteWriter().u8(0x70).u8(0).u8(1));
        section(out, Section.MEMORY, 1, new ByteWriter().u8(0).u8(1));
        section(
                out,
                Section.GLOBAL,
                ModuleLimit.GLOBALS,
                item -> item.u8(WorstModules.I64)
                        .u8(1)
                        .u8(Opcodes.I64_CONST)
                        .u8(0)
                        .u8(Opcodes.END));
        exports(out);
        section(out, Section.ELEMENT, ModuleLimit.ELEMENT_SEGMENTS, item -> {
            int each = WorstModules.max(ModuleLimit.ELEMENTS) / WorstModules.max(ModuleLimit.ELEMENT_SEGMENTS);
            item.u8(0).u8(Opcodes.I32_CONST).u8(0).u8(Opcodes.END).u32(each).bytes(new byte[each]);
        });
        section(out, Section.CODE, functionCount, codes);
        section(out, Section.DATA, ModuleLimit.DATA_SEGMENTS, item -> {
            int each = WorstModules.max(ModuleLimit.DATA) / WorstModules.max(ModuleLimit.DATA_SEGMENTS);
            item.u8(0).u8(Opcodes.I32_CONST).u8(0).u8(Opcodes.END).u32(each).bytes(new byte[each]);
        });
        return out.toByteArray();
    }

    private void exports(ByteWriter out) {
        var exports = new ByteWriter();
        int count = entities ? WorstModules.max(ModuleLimit.EXPORTS) : 1;
        for (int i = 1; i < count; i++) {
            String name = "e" + i;
            exports.sized(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                    .u8(EXTERNAL_FUNCTION)
                    .u8(0);
        }
        exports.sized("memory".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .u8(EXTERNAL_MEMORY)
                .u8(0);
        section(out, Section.EXPORT, count, exports);
    }

    private void section(ByteWriter out, int id, ModuleLimit limit, Consumer<ByteWriter> item) {
        if (entities) {
            var items = new ByteWriter();
            int count = WorstModules.max(limit);
            for (int i = 0; i < count; i++) {
                item.accept(items);
            }
            section(out, id, count, items);
        }
    }

    private static void section(ByteWriter out, int id, int count, ByteWriter items) {
        out.u8(id).sized(new ByteWriter().u32(count).bytes(items.toByteArray()).toByteArray());
    }
}
