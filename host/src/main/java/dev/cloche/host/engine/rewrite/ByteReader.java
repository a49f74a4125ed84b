package dev.cloche.host.engine.rewrite;

import java.util.Arrays;

/// Reads the binary format of WebAssembly from a part of an array. Whatever the bytes are, it either gives a
/// value or throws a [RewriteException].
final class ByteReader {
    private static final int U32_BYTES = 5;
    private static final int S64_BYTES = 10;

    private final byte[] bytes;
    private final int end;
    private int position;

    ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    ByteReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    boolean atEnd() {
        return position == end;
    }

    int u8() {
        if (position >= end) {
            throw new RewriteException("the module is cut short", position);
        }
        return bytes[position++] & 0xFF;
    }

    /// An unsigned number that fits an `int`; nothing in a module that can be handled is larger.
    int u32() {
        int start = position;
        long value = 0;
        for (int i = 0; i < U32_BYTES; i++) {
            int next = u8();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next < 0x80) {
                if (value > 0xFFFF_FFFFL) {
                    throw new RewriteException("a number has more than 32 bits", start);
                }
                return Math.toIntExact(Math.min(value, Integer.MAX_VALUE));
            }
        }
        throw new RewriteException("a number has more than 32 bits", start);
    }

    /// The number of items that follow, each of at least one byte.
    int count(String what) {
        int start = position;
        int count = u32();
        if (count > remaining()) {
            throw new RewriteException("more " + what + " are announced than there are bytes, count=" + count, start);
        }
        return count;
    }

    /// An index below a bound.
    int index(String what, int bound) {
        int start = position;
        int index = u32();
        if (index >= bound) {
            throw new RewriteException("there is no such " + what + ", index=" + index + ", count=" + bound, start);
        }
        return index;
    }

    long signed() {
        int start = position;
        long value = 0;
        for (int i = 0; i < S64_BYTES; i++) {
            int next = u8();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next < 0x80) {
                int unused = Long.SIZE - 7 * (i + 1);
                return unused > 0 ? value << unused >> unused : value;
            }
        }
        throw new RewriteException("a number has more than 64 bits", start);
    }

    void skip(int count) {
        if (count < 0 || count > remaining()) {
            throw new RewriteException("the module is cut short", position);
        }
        position += count;
    }

    /// A name: its length, then its bytes.
    void skipName() {
        skip(u32());
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /// A reader of the next bytes alone; this one goes on behind them.
    ByteReader part(int count) {
        int start = position;
        skip(count);
        return new ByteReader(bytes, start, position);
    }
}
