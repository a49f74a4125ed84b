package dev.cloche.host.engine.rewrite;

/// How many bytes of JVM code the engine makes of one instruction.
final class InstructionSize {
    private static final int CALL = 3;
    private static final int MASK = 4;
    private static final int CONSTANT = 3;

    private InstructionSize() {}

    /// @param reference how many bytes it takes to load the memory or the instance
    static int of(Node.Plain plain, int reference) {
        int opcode = plain.opcode();
        if (Opcodes.isMemoryAccess(opcode)) {
            return constant(plain.immediate()) + reference + CALL + narrowing(opcode);
        }
        return switch (opcode) {
            case Opcodes.UNREACHABLE -> CALL + 1;
            case Opcodes.DROP -> 1;
            case Opcodes.SELECT, Opcodes.SELECT_TYPED ->
                4 + plain.effect().results().getFirst().slots();
            case Opcodes.I32_CONST -> constant(plain.immediate());
            case Opcodes.I64_CONST -> plain.immediate() == 0 || plain.immediate() == 1 ? 1 : CONSTANT;
            case Opcodes.F32_CONST, Opcodes.F64_CONST -> plain.immediate() == 0 ? 1 : CONSTANT;
            case Opcodes.MEMORY_SIZE, Opcodes.MEMORY_GROW, Opcodes.MEMORY_COPY, Opcodes.MEMORY_FILL -> reference + CALL;
            case Opcodes.MEMORY_INIT, Opcodes.DATA_DROP, Opcodes.ELEM_DROP -> 1 + reference + CALL;
            case Opcodes.TABLE_GET, Opcodes.TABLE_SET -> 1 + reference + CALL;
            default -> opcode > Opcodes.MEMORY_INIT ? 2 + reference + CALL : numeric(opcode);
        };
    }

    private static int constant(long value) {
        if (value >= -1 && value <= 5) {
            return 1;
        }
        return value == (byte) value ? 2 : CONSTANT;
    }

    /// What loads and stores of less than their type need more.
    private static int narrowing(int opcode) {
        return switch (opcode) {
            case 0x2D, 0x2F -> MASK;
            case 0x31, 0x33, 0x35 -> MASK + 1;
            case 0x30, 0x32, 0x34, 0x3A, 0x3B, 0x3E -> 1;
            case 0x3C, 0x3D -> 2;
            default -> 0;
        };
    }

    /// Some numeric instructions are one or two of the JVM's, the others calls.
    private static int numeric(int opcode) {
        return switch (opcode) {
            // add, sub, mul, and, or, xor and the shifts of i32
            case 0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76 -> 1;
            // the same of i64, whose shifts narrow their count first
            case 0x7C, 0x7D, 0x7E, 0x83, 0x84, 0x85 -> 1;
            case 0x86, 0x87, 0x88 -> 2;
            // neg, add, sub, mul and div of f32 and of f64
            case 0x8C, 0x92, 0x93, 0x94, 0x95, 0x9A, 0xA0, 0xA1, 0xA2, 0xA3 -> 1;
            // wrapping, sign extension, demotion and promotion
            case Opcodes.I32_WRAP_I64, 0xAC, 0xB6, 0xBB -> 1;
            default -> CALL;
        };
    }
}
