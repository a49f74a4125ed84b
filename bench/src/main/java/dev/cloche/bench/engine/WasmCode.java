package dev.cloche.bench.engine;

import java.io.ByteArrayOutputStream;

/// The instructions of one function, written one after the other. Everything is of type i32.
final class WasmCode {
    static final int ADD = 0x6a;
    static final int SUB = 0x6b;
    static final int MUL = 0x6c;
    static final int AND = 0x71;
    static final int XOR = 0x73;
    static final int ROTL = 0x77;
    static final int LESS_UNSIGNED = 0x49;

    private static final int VOID_BLOCK = 0x40;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    WasmCode op(int opcode) {
        bytes.write(opcode);
        return this;
    }

    /// The instructions of another function, here.
    WasmCode append(WasmCode other) {
        bytes.writeBytes(other.bytes.toByteArray());
        return this;
    }

    WasmCode constant(int value) {
        bytes.write(0x41);
        signed(bytes, value);
        return this;
    }

    WasmCode get(int local) {
        return withIndex(0x20, local);
    }

    WasmCode set(int local) {
        return withIndex(0x21, local);
    }

    WasmCode globalGet(int global) {
        return withIndex(0x23, global);
    }

    WasmCode globalSet(int global) {
        return withIndex(0x24, global);
    }

    WasmCode call(int function) {
        return withIndex(0x10, function);
    }

    /// A loop that begins here; [#again] goes back to it, [#end] is its end.
    WasmCode loop() {
        bytes.write(0x03);
        bytes.write(VOID_BLOCK);
        return this;
    }

    /// Goes back to the beginning of the innermost loop if the topmost value is not zero.
    WasmCode again() {
        return withIndex(0x0d, 0);
    }

    WasmCode end() {
        return op(0x0b);
    }

    /// From the address on the stack.
    WasmCode load() {
        return access(0x28);
    }

    /// The topmost value, to the address below it.
    WasmCode store() {
        return access(0x36);
    }

    int size() {
        return bytes.size();
    }

    private WasmCode access(int opcode) {
        bytes.write(opcode);
        bytes.write(0);
        bytes.write(0);
        return this;
    }

    private WasmCode withIndex(int opcode, int index) {
        bytes.write(opcode);
        unsigned(bytes, index);
        return this;
    }

    /// The function as the code section has it.
    ///
    /// @param locals beside the parameters
    byte[] body(int locals) {
        var body = new ByteArrayOutputStream();
        unsigned(body, locals == 0 ? 0 : 1);
        if (locals > 0) {
            unsigned(body, locals);
            body.write(WasmModule.I32);
        }
        body.writeBytes(bytes.toByteArray());
        body.write(0x0b);
        return body.toByteArray();
    }

    static void unsigned(ByteArrayOutputStream out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private static void signed(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (true) {
            int low = rest & 0x7f;
            rest >>= 7;
            boolean last = rest == ((low & 0x40) == 0 ? 0 : -1);
            out.write(last ? low : low | 0x80);
            if (last) {
                return;
            }
        }
    }
}
