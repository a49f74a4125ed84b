package dev.cloche.host.engine.rewrite;

import java.util.Locale;

/// The type of a value: of a local, a global, an operand.
public enum ValueType {
    I32(0x7F),
    I64(0x7E),
    F32(0x7D),
    F64(0x7C),
    V128(0x7B),
    FUNCREF(0x70),
    EXTERNREF(0x6F);

    private final int code;

    ValueType(int code) {
        this.code = code;
    }

    /// The byte that stands for the type in a module.
    public int code() {
        return code;
    }

    /// Whether values of the type are numbers that a mutable global can carry from one function to another.
    public boolean isNumber() {
        return this == I32 || this == I64 || this == F32 || this == F64;
    }

    public boolean isReference() {
        return this == FUNCREF || this == EXTERNREF;
    }

    /// How many slots of a JVM frame a value takes.
    int slots() {
        return this == I64 || this == F64 ? 2 : 1;
    }

    /// @throws RewriteException where the byte stands for no type that the model knows
    static ValueType of(int code, int offset) {
        for (ValueType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new RewriteException(
                String.format(Locale.ROOT, "unknown or unsupported value type, code=0x%02x", code), offset);
    }
}
