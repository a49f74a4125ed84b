package dev.cloche.host.scheduler;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/// A 64-bit hash over everything observable of one call, in its order. It tells two runs apart that went different
/// ways; it is no proof against a guest that looks for collisions.
///
/// Numbers are taken in by the step that XXH64 has for eight bytes, payloads by their XXH64. Times are left out: they
/// differ from run to run, and what they come to is the order, which is in.
///
/// Source: the specification of xxHash by Y. Collet.
final class Trace {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    /// The sum of the first two, which overflows.
    private static final long PRIMES_1_AND_2 = 0x60EA27EEADC0B5D6L;

    private static final int STRIPE = 32;

    /// What was observed. The numbers are part of what a hash means.
    enum Kind {
        TIMER_SET(1),
        TIMER_CANCELLED(2),
        TIMER_FIRED(3),
        HOSTCALL_ADMITTED(4),
        STREAM_OPENED(5),
        STREAM_PULLED(6),
        HOSTCALL_CANCELLED(7),
        HOSTCALL_ABANDONED(8),
        REQUEST(9),
        OK(10),
        DENIED(11),
        FAILED(12),
        CHUNK(13),
        EVENT(14);

        private final long code;

        Kind(long code) {
            this.code = code << (Long.SIZE - Byte.SIZE);
        }
    }

    private long state = PRIME_5;

    /// Begins the trace of another call.
    void restart() {
        state = PRIME_5;
    }

    long value() {
        return avalanche(state);
    }

    /// @param sequence counted from where the call began
    void add(Kind kind, long sequence) {
        add(kind.code | sequence);
    }

    void add(long value) {
        state = Long.rotateLeft(state ^ round(0, value), 27) * PRIME_1 + PRIME_4;
    }

    void add(String text) {
        add(hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    void add(Payload payload) {
        add(payload.size());
        add(hash(payload.unsafeBytes()));
    }

    /// Takes in all of an outcome that a guest sees.
    void add(long sequence, Outcome outcome) {
        switch (outcome) {
            case Outcome.Ok ok -> {
                add(Kind.OK, sequence);
                add(ok.answer());
            }
            case Outcome.Chunk chunk -> {
                add(Kind.CHUNK, sequence);
                add(chunk.sequence() * 2 + (chunk.last() ? 1 : 0));
                add(chunk.bytes());
            }
            case Outcome.Denied denied -> {
                add(Kind.DENIED, sequence);
                add(denied.code().label());
                add(denied.message());
                // In an order of their own: the map's is not the same in another JVM.
                new TreeMap<>(denied.details()).forEach((name, value) -> {
                    add(name);
                    add(value);
                });
            }
            case Outcome.Failed failed -> {
                add(Kind.FAILED, sequence);
                add(failed.code().label());
                add(failed.message());
                add(failed.retryable() ? 1 : 0);
            }
        }
    }

    /// The XXH64 of these bytes, with a seed of zero.
    static long hash(byte[] bytes) {
        int at = 0;
        long hash = PRIME_5;
        if (bytes.length >= STRIPE) {
            hash = stripes(bytes);
            at = bytes.length - bytes.length % STRIPE;
        }
        return avalanche(tail(bytes, at, hash + bytes.length));
    }

    private static long stripes(byte[] bytes) {
        long a = PRIMES_1_AND_2;
        long b = PRIME_2;
        long c = 0;
        long d = -PRIME_1;
        for (int at = 0; at <= bytes.length - STRIPE; at += STRIPE) {
            a = round(a, (long) LONGS.get(bytes, at));
            b = round(b, (long) LONGS.get(bytes, at + 8));
            c = round(c, (long) LONGS.get(bytes, at + 16));
            d = round(d, (long) LONGS.get(bytes, at + 24));
        }
        long hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
        return merge(merge(merge(merge(hash, a), b), c), d);
    }

    private static long tail(byte[] bytes, int from, long begun) {
        int at = from;
        long hash = begun;
        for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONGS.get(bytes, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (at + Integer.BYTES <= bytes.length) {
            long word = Integer.toUnsignedLong((int) INTS.get(bytes, at));
            hash = Long.rotateLeft(hash ^ (word * PRIME_1), 23) * PRIME_2 + PRIME_3;
            at += Integer.BYTES;
        }
        for (; at < bytes.length; at++) {
            hash = Long.rotateLeft(hash ^ (Byte.toUnsignedLong(bytes[at]) * PRIME_5), 11) * PRIME_1;
        }
        return hash;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }

    private static long avalanche(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * PRIME_2;
        mixed = (mixed ^ (mixed >>> 29)) * PRIME_3;
        return mixed ^ (mixed >>> 32);
    }
}
