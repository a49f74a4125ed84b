package dev.cloche.host.engine.rewrite;

import static dev.cloche.host.engine.rewrite.ValueType.F32;
import static dev.cloche.host.engine.rewrite.ValueType.F64;
import static dev.cloche.host.engine.rewrite.ValueType.I32;
import static dev.cloche.host.engine.rewrite.ValueType.I64;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Opcodes by name as far as passes need them, and what those instructions do to the stack whose effect is always
/// the same. Opcodes behind a prefix byte are numbered `prefix << 8 | opcode`.
final class Opcodes {
    static final int UNREACHABLE = 0x00;
    static final int NOP = 0x01;
    static final int BLOCK = 0x02;
    static final int LOOP = 0x03;
    static final int IF = 0x04;
    static final int ELSE = 0x05;
    static final int END = 0x0B;
    static final int BR = 0x0C;
    static final int BR_IF = 0x0D;
    static final int BR_TABLE = 0x0E;
    static final int RETURN = 0x0F;
    static final int CALL = 0x10;
    static final int CALL_INDIRECT = 0x11;
    static final int RETURN_CALL = 0x12;
    static final int RETURN_CALL_INDIRECT = 0x13;
    static final int DROP = 0x1A;
    static final int SELECT = 0x1B;
    static final int SELECT_TYPED = 0x1C;
    static final int LOCAL_GET = 0x20;
    static final int LOCAL_SET = 0x21;
    static final int LOCAL_TEE = 0x22;
    static final int GLOBAL_GET = 0x23;
    static final int GLOBAL_SET = 0x24;
    static final int TABLE_GET = 0x25;
    static final int TABLE_SET = 0x26;
    static final int MEMORY_FIRST = 0x28;
    static final int STORE_FIRST = 0x36;
    static final int MEMORY_LAST = 0x3E;
    static final int MEMORY_SIZE = 0x3F;
    static final int MEMORY_GROW = 0x40;
    static final int I32_CONST = 0x41;
    static final int I64_CONST = 0x42;
    static final int F32_CONST = 0x43;
    static final int F64_CONST = 0x44;
    static final int I32_EQZ = 0x45;
    static final int I32_LT_U = 0x49;
    static final int I64_LT_S = 0x53;
    static final int COMPARE_LAST = 0x66;
    static final int I64_SUB = 0x7D;
    static final int I64_OR = 0x84;
    static final int I64_SHL = 0x86;
    static final int I64_SHR_U = 0x88;
    static final int I32_WRAP_I64 = 0xA7;
    static final int I64_EXTEND_I32_U = 0xAD;
    static final int REF_NULL = 0xD0;
    static final int REF_IS_NULL = 0xD1;
    static final int REF_FUNC = 0xD2;

    static final int PREFIX_BULK = 0xFC;
    static final int MEMORY_INIT = 0xFC08;
    static final int DATA_DROP = 0xFC09;
    static final int MEMORY_COPY = 0xFC0A;
    static final int MEMORY_FILL = 0xFC0B;
    static final int TABLE_INIT = 0xFC0C;
    static final int ELEM_DROP = 0xFC0D;
    static final int TABLE_COPY = 0xFC0E;
    static final int TABLE_GROW = 0xFC0F;
    static final int TABLE_SIZE = 0xFC10;
    static final int TABLE_FILL = 0xFC11;

    private static final Map<Integer, Signature> EFFECTS = effects();

    private Opcodes() {}

    /// What an instruction takes and leaves, if that depends on nothing but its opcode.
    static @Nullable Signature effect(int opcode) {
        return EFFECTS.get(opcode);
    }

    /// Whether an instruction leaves its function for another one.
    static boolean isTailCall(int opcode) {
        return opcode == RETURN_CALL || opcode == RETURN_CALL_INDIRECT;
    }

    static boolean isMemoryAccess(int opcode) {
        return opcode >= MEMORY_FIRST && opcode <= MEMORY_LAST;
    }

    static boolean isStore(int opcode) {
        return opcode >= STORE_FIRST && opcode <= MEMORY_LAST;
    }

    static boolean isComparison(int opcode) {
        return opcode >= I32_EQZ && opcode <= COMPARE_LAST;
    }

    /// Whether an instruction computes with integers, quickly and without ever trapping.
    static boolean isArithmetic(int opcode) {
        return switch (opcode) {
            case I32_CONST, I64_CONST, I32_WRAP_I64, I64_EXTEND_I32_U, 0xAC -> true;
            case 0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76 -> true;
            case 0x7C, 0x7D, 0x7E, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88 -> true;
            default -> false;
        };
    }

    /// Why an instruction is one that the model does not know.
    static String unsupported(int opcode) {
        String family = switch (opcode) {
            case 0x06, 0x07, 0x08, 0x09, 0x0A, 0x18, 0x19, 0x1F -> "exception handling";
            case 0x14, 0x15, 0xD3, 0xD4, 0xD5, 0xD6, 0xFB -> "garbage collection or typed references";
            case 0xFD -> "vectors";
            case 0xFE -> "atomics";
            default -> "unknown instruction";
        };
        return String.format(Locale.ROOT, "%s, opcode=0x%02x", family, opcode);
    }

    private static Map<Integer, Signature> effects() {
        var table = new TreeMap<Integer, Signature>();
        put(table, UNREACHABLE, NOP, "", "");
        addMemory(table);
        addComparisons(table);
        addArithmetic(table);
        addConversions(table);
        put(table, MEMORY_INIT, MEMORY_INIT, "iii", "");
        put(table, DATA_DROP, DATA_DROP, "", "");
        put(table, MEMORY_COPY, TABLE_INIT, "iii", "");
        put(table, ELEM_DROP, ELEM_DROP, "", "");
        put(table, TABLE_COPY, TABLE_COPY, "iii", "");
        put(table, TABLE_SIZE, TABLE_SIZE, "", "i");
        return table;
    }

    private static void addMemory(Map<Integer, Signature> table) {
        put(table, 0x28, 0x28, "i", "i");
        put(table, 0x29, 0x29, "i", "l");
        put(table, 0x2A, 0x2A, "i", "f");
        put(table, 0x2B, 0x2B, "i", "d");
        put(table, 0x2C, 0x2F, "i", "i");
        put(table, 0x30, 0x35, "i", "l");
        put(table, 0x36, 0x36, "ii", "");
        put(table, 0x37, 0x37, "il", "");
        put(table, 0x38, 0x38, "if", "");
        put(table, 0x39, 0x39, "id", "");
        put(table, 0x3A, 0x3B, "ii", "");
        put(table, 0x3C, 0x3E, "il", "");
        put(table, MEMORY_SIZE, MEMORY_SIZE, "", "i");
        put(table, MEMORY_GROW, MEMORY_GROW, "i", "i");
    }

    private static void addComparisons(Map<Integer, Signature> table) {
        put(table, I32_CONST, I32_CONST, "", "i");
        put(table, I64_CONST, I64_CONST, "", "l");
        put(table, F32_CONST, F32_CONST, "", "f");
        put(table, F64_CONST, F64_CONST, "", "d");
        put(table, I32_EQZ, I32_EQZ, "i", "i");
        put(table, 0x46, 0x4F, "ii", "i");
        put(table, 0x50, 0x50, "l", "i");
        put(table, 0x51, 0x5A, "ll", "i");
        put(table, 0x5B, 0x60, "ff", "i");
        put(table, 0x61, COMPARE_LAST, "dd", "i");
    }

    private static void addArithmetic(Map<Integer, Signature> table) {
        put(table, 0x67, 0x69, "i", "i");
        put(table, 0x6A, 0x78, "ii", "i");
        put(table, 0x79, 0x7B, "l", "l");
        put(table, 0x7C, 0x8A, "ll", "l");
        put(table, 0x8B, 0x91, "f", "f");
        put(table, 0x92, 0x98, "ff", "f");
        put(table, 0x99, 0x9F, "d", "d");
        put(table, 0xA0, 0xA6, "dd", "d");
    }

    private static void addConversions(Map<Integer, Signature> table) {
        put(table, I32_WRAP_I64, I32_WRAP_I64, "l", "i");
        put(table, 0xA8, 0xA9, "f", "i");
        put(table, 0xAA, 0xAB, "d", "i");
        put(table, 0xAC, I64_EXTEND_I32_U, "i", "l");
        put(table, 0xAE, 0xAF, "f", "l");
        put(table, 0xB0, 0xB1, "d", "l");
        put(table, 0xB2, 0xB3, "i", "f");
        put(table, 0xB4, 0xB5, "l", "f");
        put(table, 0xB6, 0xB6, "d", "f");
        put(table, 0xB7, 0xB8, "i", "d");
        put(table, 0xB9, 0xBA, "l", "d");
        put(table, 0xBB, 0xBB, "f", "d");
        put(table, 0xBC, 0xBC, "f", "i");
        put(table, 0xBD, 0xBD, "d", "l");
        put(table, 0xBE, 0xBE, "i", "f");
        put(table, 0xBF, 0xBF, "l", "d");
        put(table, 0xC0, 0xC1, "i", "i");
        put(table, 0xC2, 0xC4, "l", "l");
        put(table, 0xFC00, 0xFC01, "f", "i");
        put(table, 0xFC02, 0xFC03, "d", "i");
        put(table, 0xFC04, 0xFC05, "f", "l");
        put(table, 0xFC06, 0xFC07, "d", "l");
    }

    /// The same effect for a range of opcodes, its types as the letters that the JVM uses, but `l` for `i64`.
    private static void put(Map<Integer, Signature> table, int first, int last, String params, String results) {
        var effect = new Signature(types(params), types(results));
        for (int opcode = first; opcode <= last; opcode++) {
            table.put(opcode, effect);
        }
    }

    private static List<ValueType> types(String letters) {
        return letters.chars()
                .mapToObj(letter -> switch (letter) {
                    case 'i' -> I32;
                    case 'l' -> I64;
                    case 'f' -> F32;
                    case 'd' -> F64;
                    default -> throw new IllegalArgumentException("no such type, letter=" + (char) letter);
                })
                .toList();
    }
}
