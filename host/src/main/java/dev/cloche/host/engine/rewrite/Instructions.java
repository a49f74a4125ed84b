package dev.cloche.host.engine.rewrite;

import java.util.List;

/// Instructions that passes write themselves.
final class Instructions {
    static final Node.Plain UNREACHABLE = plain(Opcodes.UNREACHABLE);
    static final Node.Plain EXTEND = plain(Opcodes.I64_EXTEND_I32_U);
    static final Node.Plain WRAP = plain(Opcodes.I32_WRAP_I64);
    static final Node.Plain SHIFT_LEFT = plain(Opcodes.I64_SHL);
    static final Node.Plain SHIFT_RIGHT = plain(Opcodes.I64_SHR_U);
    static final Node.Plain OR = plain(Opcodes.I64_OR);
    static final Node.Plain SUBTRACT = plain(Opcodes.I64_SUB);
    static final Node.Plain LESS = plain(Opcodes.I64_LT_S);
    static final Node.Plain LESS_UNSIGNED = plain(Opcodes.I32_LT_U);

    private Instructions() {}

    static Node.Plain i32(int value) {
        return constant(Opcodes.I32_CONST, value);
    }

    static Node.Plain i64(long value) {
        return constant(Opcodes.I64_CONST, value);
    }

    static Node.Plain drop(ValueType type) {
        return new Node.Plain(Opcodes.DROP, 0, new byte[] {Opcodes.DROP}, new Signature(List.of(type), List.of()));
    }

    /// A `select` of numbers or vectors; one of references names their type.
    static Node.Plain select(ValueType type) {
        var effect = new Signature(List.of(type, type, ValueType.I32), List.of(type));
        return new Node.Plain(Opcodes.SELECT, 0, new byte[] {Opcodes.SELECT}, effect);
    }

    static Node.Plain isNull(ValueType type) {
        var effect = new Signature(List.of(type), List.of(ValueType.I32));
        return new Node.Plain(Opcodes.REF_IS_NULL, 0, new byte[] {(byte) Opcodes.REF_IS_NULL}, effect);
    }

    private static Node.Plain constant(int opcode, long value) {
        byte[] code = new ByteWriter().u8(opcode).signed(value).toByteArray();
        return new Node.Plain(opcode, value, code, effect(opcode));
    }

    private static Node.Plain plain(int opcode) {
        return new Node.Plain(opcode, 0, new byte[] {(byte) opcode}, effect(opcode));
    }

    private static Signature effect(int opcode) {
        Signature effect = Opcodes.effect(opcode);
        if (effect == null) {
            throw new IllegalArgumentException("the effect depends on operands, opcode=" + opcode);
        }
        return effect;
    }
}
