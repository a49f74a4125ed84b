package dev.cloche.host.engine.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads instructions that neither branch nor use locals, with what they take and leave.
final class InstructionReader {
    private static final int BLOCK_TYPE_EMPTY = 0x40;
    private static final int MEMORY_INDEX_FOLLOWS = 0x40;
    private static final int REFERENCE_LIMIT = 1 << 7;
    private static final String SEVERAL_MEMORIES = "several memories";
    private static final String WIDE_MEMORY = "64-bit memory";

    private final ModuleModel module;
    private final ModuleModel.Bounds bounds;
    private final ByteReader in;
    private @Nullable String problem;
    private Signature effect = Signature.NONE;
    private int start;

    /// @param bounds what the instructions may name
    InstructionReader(ModuleModel module, ModuleModel.Bounds bounds, ByteReader in) {
        this.module = module;
        this.bounds = bounds;
        this.in = in;
    }

    /// Why the last instruction was not read.
    @Nullable
    String problem() {
        return problem;
    }

    /// What the last instruction takes and leaves.
    Signature effect() {
        return effect;
    }

    /// The type of a block: nothing, one result, or one of the module's types.
    Signature blockType() {
        int at = in.position();
        long code = in.signed();
        if (code >= 0) {
            if (code >= bounds.types()) {
                throw new RewriteException("there is no such type, index=" + code, at);
            }
            return module.types().get((int) code);
        }
        int single = (int) code & REFERENCE_LIMIT - 1;
        if (single == BLOCK_TYPE_EMPTY) {
            return Signature.NONE;
        }
        return new Signature(List.of(), List.of(ValueType.of(single, at)));
    }

    /// The instruction whose first byte has just been read, or null if the model does not know it.
    @Nullable
    Node read(int first) {
        start = in.position() - 1;
        int opcode = first;
        if (first == Opcodes.PREFIX_BULK) {
            int second = in.u32();
            if (second > Opcodes.TABLE_FILL - (Opcodes.PREFIX_BULK << 8)) {
                problem = Opcodes.unsupported(first);
                return null;
            }
            opcode = Opcodes.PREFIX_BULK << 8 | second;
        }
        var node = withIndex(opcode);
        if (node == null && problem == null) {
            node = withImmediate(opcode);
        }
        return node;
    }

    /// Instructions with an index or a type in them; null for all others.
    private @Nullable Node withIndex(int opcode) {
        return switch (opcode) {
            case Opcodes.CALL -> {
                int function = in.index("function", bounds.functions());
                Signature type = module.functionType(function);
                effect = type;
                yield new Node.Call(function, type);
            }
            case Opcodes.CALL_INDIRECT -> callIndirect();
            case Opcodes.RETURN_CALL -> {
                int function = in.index("function", bounds.functions());
                yield plain(opcode, function, module.functionType(function).params(), List.of());
            }
            case Opcodes.RETURN_CALL_INDIRECT -> {
                callIndirect();
                yield plain(opcode, 0, effect.params(), List.of());
            }
            case Opcodes.GLOBAL_GET, Opcodes.GLOBAL_SET -> global(opcode);
            case Opcodes.REF_FUNC -> {
                effect = new Signature(List.of(), List.of(ValueType.FUNCREF));
                yield new Node.RefFunc(in.index("function", bounds.functions()));
            }
            case Opcodes.REF_NULL -> {
                var type = reference();
                yield plain(opcode, 0, List.of(), List.of(type));
            }
            case Opcodes.SELECT_TYPED -> {
                if (in.u32() != 1) {
                    throw new RewriteException("a select has one type", start);
                }
                var type = ValueType.of(in.u8(), start);
                yield plain(opcode, 0, List.of(type, type, ValueType.I32), List.of(type));
            }
            default -> table(opcode);
        };
    }

    private @Nullable Node table(int opcode) {
        return switch (opcode) {
            case Opcodes.TABLE_GET -> {
                var of = tableType();
                yield plain(opcode, 0, List.of(ValueType.I32), List.of(of));
            }
            case Opcodes.TABLE_SET -> {
                var of = tableType();
                yield plain(opcode, 0, List.of(ValueType.I32, of), List.of());
            }
            case Opcodes.TABLE_GROW -> {
                var of = tableType();
                yield plain(opcode, 0, List.of(of, ValueType.I32), List.of(ValueType.I32));
            }
            case Opcodes.TABLE_FILL -> {
                var of = tableType();
                yield plain(opcode, 0, List.of(ValueType.I32, of, ValueType.I32), List.of());
            }
            default -> null;
        };
    }

    private Node callIndirect() {
        int typeIndex = in.index("type", bounds.types());
        int table = in.index("table", module.tables().size());
        Signature type = module.types().get(typeIndex);
        var params = new ArrayList<>(type.params());
        params.add(ValueType.I32);
        effect = new Signature(params, type.results());
        return new Node.CallIndirect(typeIndex, table, type);
    }

    private Node global(int opcode) {
        int index = in.index("global", bounds.globals());
        var type = module.globals().get(index).type();
        if (opcode == Opcodes.GLOBAL_GET) {
            effect = new Signature(List.of(), List.of(type));
            return new Node.GlobalGet(index, type);
        }
        effect = new Signature(List.of(type), List.of());
        return new Node.GlobalSet(index, type);
    }

    private ValueType tableType() {
        return module.tables().get(in.index("table", module.tables().size()));
    }

    private ValueType reference() {
        var type = ValueType.of(in.u8(), in.position());
        if (!type.isReference()) {
            throw new RewriteException("not a reference type, type=" + type, in.position());
        }
        return type;
    }

    /// Instructions whose effect is always the same.
    private @Nullable Node withImmediate(int opcode) {
        Signature fixed = Opcodes.effect(opcode);
        if (fixed == null) {
            return unknown(Opcodes.unsupported(opcode));
        }
        long immediate = 0;
        if (Opcodes.isMemoryAccess(opcode)) {
            if ((in.u32() & MEMORY_INDEX_FOLLOWS) != 0) {
                return unknown(SEVERAL_MEMORIES);
            }
            if (module.wideMemory()) {
                return unknown(WIDE_MEMORY);
            }
            immediate = in.u32();
        } else if (opcode == Opcodes.I32_CONST || opcode == Opcodes.I64_CONST) {
            immediate = in.signed();
        } else if (opcode == Opcodes.F32_CONST) {
            immediate = fixedWidth(Float.BYTES);
        } else if (opcode == Opcodes.F64_CONST) {
            immediate = fixedWidth(Double.BYTES);
        } else if (!readIndexes(opcode)) {
            return null;
        }
        effect = fixed;
        return new Node.Plain(opcode, immediate, in.copy(start, in.position()), fixed);
    }

    private long fixedWidth(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) in.u8() << (8 * i);
        }
        return value;
    }

    private boolean readIndexes(int opcode) {
        switch (opcode) {
            case Opcodes.MEMORY_SIZE, Opcodes.MEMORY_GROW, Opcodes.MEMORY_FILL -> {
                return memoryIndex();
            }
            case Opcodes.MEMORY_INIT -> {
                in.u32();
                return memoryIndex();
            }
            case Opcodes.MEMORY_COPY -> {
                boolean destination = memoryIndex();
                return memoryIndex() && destination;
            }
            case Opcodes.DATA_DROP, Opcodes.ELEM_DROP -> in.u32();
            case Opcodes.TABLE_SIZE -> tableType();
            case Opcodes.TABLE_COPY -> {
                tableType();
                tableType();
            }
            case Opcodes.TABLE_INIT -> {
                in.u32();
                tableType();
            }
            default -> {
                // Numeric instructions have nothing behind their opcode.
            }
        }
        return true;
    }

    private boolean memoryIndex() {
        if (in.u32() != 0) {
            problem = SEVERAL_MEMORIES;
        } else if (module.wideMemory()) {
            problem = WIDE_MEMORY;
        }
        return problem == null;
    }

    private @Nullable Node unknown(String reason) {
        problem = reason;
        return null;
    }

    private Node plain(int opcode, long immediate, List<ValueType> params, List<ValueType> results) {
        effect = new Signature(params, results);
        return new Node.Plain(opcode, immediate, in.copy(start, in.position()), effect);
    }
}
