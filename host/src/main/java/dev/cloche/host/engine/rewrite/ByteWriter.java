package dev.cloche.host.engine.rewrite;

import java.io.ByteArrayOutputStream;

/// Writes the binary format of WebAssembly.
final class ByteWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ByteWriter u8(int value) {
        out.write(value);
        return this;
    }

    ByteWriter u32(int value) {
        int left = value;
        while ((left & ~0x7F) != 0) {
            out.write((left & 0x7F) | 0x80);
            left >>>= 7;
        }
        out.write(left);
        return this;
    }

    ByteWriter signed(long value) {
        long left = value;
        while (left > 0x3F || left < -0x40) {
            out.write(((int) left & 0x7F) | 0x80);
            left >>= 7;
        }
        out.write((int) left & 0x7F);
        return this;
    }

    ByteWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    ByteWriter bytes(byte[] bytes, int from, int to) {
        out.write(bytes, from, to - from);
        return this;
    }

    /// Bytes behind their length.
    ByteWriter sized(byte[] bytes) {
        return u32(bytes.length).bytes(bytes);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
