package dev.cloche.bench.attack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// Numbers as WebAssembly writes them.
final class Leb {
    private static final int LOW = 0x7f;
    private static final int MORE = 0x80;
    private static final int BITS = 7;

    private Leb() {}

    static long unsigned(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        while (true) {
            int next = in.get() & 0xff;
            value |= (long) (next & LOW) << shift;
            if (next < MORE) {
                return value;
            }
            shift += BITS;
        }
    }

    static void unsigned(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest >= MORE) {
            out.write((int) (rest & LOW) | MORE);
            rest >>>= BITS;
        }
        out.write((int) rest);
    }

    /// The length, then the bytes.
    static void sized(ByteArrayOutputStream out, byte[] content) {
        unsigned(out, content.length);
        out.writeBytes(content);
    }
}
