package dev.cloche.host.engine.rewrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The frame around the functions of a test module, the same for all.
///
/// ```
/// import  host.call (i32, i32) -> i32         function 0
/// export  f0, f1, ...                         functions, from 1 on
///         g0 = fuel, g1, ...                  globals
///         memory                              1 to 3 pages
///         table                               of functions, element 0 is null
/// data segment 0 is passive
/// ```
final class ModuleLayout {
    static final int FUEL = 0;
    static final int TABLE_SIZE = 8;
    static final int DATA_BYTES = 64;
    static final int PAGES_MAX = 3;
    static final Signature HOST_CALL = new Signature(List.of(ValueType.I32, ValueType.I32), List.of(ValueType.I32));
    static final List<ValueType> GLOBALS = List.of(
            ValueType.I32, ValueType.I32, ValueType.I32, ValueType.I64, ValueType.I64, ValueType.F32, ValueType.F64);

    private static final int EXTERNAL_FUNCTION = 0;
    private static final int EXTERNAL_TABLE = 1;
    private static final int EXTERNAL_MEMORY = 2;
    private static final int EXTERNAL_GLOBAL = 3;
    private static final int FUNCTION_TYPE = 0x60;
    private static final int LIMITS_WITH_MAX = 1;

    private final List<Signature> types = new ArrayList<>();
    private final List<Signature> functions;

    /// A module and what one must know to run it.
    ///
    /// @param seed what it was made from, and what it is run with
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record TestModule(long seed, byte[] wasm, List<Signature> functions, List<ValueType> globals) {}

    ModuleLayout(List<Signature> functions) {
        this.functions = List.copyOf(functions);
        typeIndex(HOST_CALL);
        functions.forEach(this::typeIndex);
    }

    List<Signature> functions() {
        return functions;
    }

    /// The index of a type, added if it is new.
    int typeIndex(Signature type) {
        if (!types.contains(type)) {
            types.add(type);
        }
        return types.indexOf(type);
    }

    /// @param elements functions for the table, from its element 1 on
    /// @param data what the data segment holds
    TestModule build(long seed, List<byte[]> bodies, List<Integer> elements, byte[] data) {
        var table = new ByteWriter().u32(1).u8(ValueType.FUNCREF.code()).u8(0).u32(TABLE_SIZE);
        var memory = new ByteWriter().u32(1).u8(LIMITS_WITH_MAX).u32(1).u32(PAGES_MAX);
        byte[] wasm = new ByteWriter()
                .bytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0})
                .bytes(section(Section.TYPE, types()))
                .bytes(section(Section.IMPORT, hostImport()))
                .bytes(section(Section.FUNCTION, functionTypes()))
                .bytes(section(Section.TABLE, table))
                .bytes(section(Section.MEMORY, memory))
                .bytes(section(Section.GLOBAL, globals()))
                .bytes(section(Section.EXPORT, exports()))
                .bytes(section(Section.ELEMENT, elementSegment(elements)))
                .bytes(section(Section.DATA_COUNT, new ByteWriter().u32(1)))
                .bytes(section(Section.CODE, code(bodies)))
                .bytes(section(Section.DATA, new ByteWriter().u32(1).u32(1).sized(data)))
                .toByteArray();
        return new TestModule(seed, wasm, functions, GLOBALS);
    }

    private static byte[] section(int id, ByteWriter payload) {
        return new ByteWriter().u8(id).sized(payload.toByteArray()).toByteArray();
    }

    private ByteWriter types() {
        var out = new ByteWriter().u32(types.size());
        for (Signature type : types) {
            out.u8(FUNCTION_TYPE).u32(type.params().size());
            type.params().forEach(each -> out.u8(each.code()));
            out.u32(type.results().size());
            type.results().forEach(each -> out.u8(each.code()));
        }
        return out;
    }

    private ByteWriter hostImport() {
        return new ByteWriter()
                .u32(1)
                .sized(ascii("host"))
                .sized(ascii("call"))
                .u8(EXTERNAL_FUNCTION)
                .u32(typeIndex(HOST_CALL));
    }

    private ByteWriter functionTypes() {
        var out = new ByteWriter().u32(functions.size());
        functions.forEach(function -> out.u32(typeIndex(function)));
        return out;
    }

    private static ByteWriter globals() {
        var out = new ByteWriter().u32(GLOBALS.size());
        for (ValueType type : GLOBALS) {
            out.u8(type.code()).u8(1);
            switch (type) {
                case I32 -> out.u8(Opcodes.I32_CONST).signed(7);
                case I64 -> out.u8(Opcodes.I64_CONST).signed(9);
                case F32 -> out.u8(Opcodes.F32_CONST).bytes(new byte[] {0, 0, 0x20, 0x41});
                default -> out.u8(Opcodes.F64_CONST).bytes(new byte[] {0, 0, 0, 0, 0, 0, 0x10, 0x40});
            }
            out.u8(Opcodes.END);
        }
        return out;
    }

    private ByteWriter exports() {
        var out = new ByteWriter().u32(2 + GLOBALS.size() + functions.size());
        out.sized(ascii("memory")).u8(EXTERNAL_MEMORY).u32(0);
        out.sized(ascii("table")).u8(EXTERNAL_TABLE).u32(0);
        for (int i = 0; i < GLOBALS.size(); i++) {
            out.sized(ascii("g" + i)).u8(EXTERNAL_GLOBAL).u32(i);
        }
        for (int i = 0; i < functions.size(); i++) {
            out.sized(ascii("f" + i)).u8(EXTERNAL_FUNCTION).u32(i + 1);
        }
        return out;
    }

    private static ByteWriter elementSegment(List<Integer> elements) {
        var out = new ByteWriter().u32(1).u32(0).u8(Opcodes.I32_CONST).signed(1).u8(Opcodes.END);
        out.u32(elements.size());
        elements.forEach(out::u32);
        return out;
    }

    private static ByteWriter code(List<byte[]> bodies) {
        var out = new ByteWriter().u32(bodies.size());
        bodies.forEach(out::sized);
        return out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
