package dev.cloche.host.engine.compile;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// What is left of a WebAssembly module whose functions exist as JVM classes: every body becomes `unreachable`, and
/// custom sections go. What remains (types, imports, exports, tables, data) is what an instance is built from.
///
/// ```
/// module  := magic version section*            section := id:byte size:leb contents
/// code    := count:leb body*                   body    := size:leb locals expression
/// ```
public final class ModuleSkeleton {
    private static final int HEADER_BYTES = 8;
    private static final int CUSTOM_SECTION = 0;
    private static final int CODE_SECTION = 10;
    private static final int LEB_BITS = 7;
    private static final int LEB_BITS_MAX = 35;

    /// Three bytes: no locals, `unreachable`, `end`.
    private static final byte[] TRAPPING_BODY = {3, 0, 0x00, 0x0b};

    private final byte[] wasm;
    private int position;

    private ModuleSkeleton(byte[] wasm) {
        this.wasm = wasm;
    }

    /// The module without the code of its functions.
    ///
    /// @param wasm a valid module
    public static byte[] of(byte[] wasm) {
        return new ModuleSkeleton(wasm).strip();
    }

    private byte[] strip() {
        var stripped = new ByteArrayOutputStream();
        stripped.write(wasm, 0, HEADER_BYTES);
        position = HEADER_BYTES;
        while (position < wasm.length) {
            int id = wasm[position++];
            int size = readLeb();
            int end = Math.addExact(position, size);
            if (id == CODE_SECTION) {
                writeSection(stripped, id, strippedCode());
            } else if (id != CUSTOM_SECTION) {
                writeSection(stripped, id, Arrays.copyOfRange(wasm, position, end));
            }
            position = end;
        }
        return stripped.toByteArray();
    }

    private byte[] strippedCode() {
        int count = readLeb();
        var code = new ByteArrayOutputStream();
        writeLeb(code, count);
        for (int i = 0; i < count; i++) {
            code.writeBytes(TRAPPING_BODY);
        }
        return code.toByteArray();
    }

    private int readLeb() {
        int value = 0;
        for (int shift = 0; shift < LEB_BITS_MAX; shift += LEB_BITS) {
            byte next = wasm[position++];
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("the module is malformed, position=" + position);
    }

    private static void writeSection(ByteArrayOutputStream out, int id, byte[] contents) {
        out.write(id);
        writeLeb(out, contents.length);
        out.writeBytes(contents);
    }

    private static void writeLeb(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest >= 1 << LEB_BITS) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= LEB_BITS;
        }
        out.write(rest);
    }
}
