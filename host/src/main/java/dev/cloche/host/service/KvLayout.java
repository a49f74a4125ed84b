package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The typed form of requests to the key-value store.
///
/// ```
///  kv.get, kv.delete     kv.set
///  +------------------+  0            4        4 + n
///  | key, UTF-8       |  +------------+--------+-------------
///  +------------------+  | n, u32 LE  | key    | value, JSON
///                        +------------+--------+-------------
/// ```
///
/// Answers: the value's JSON, nothing where there is none; nothing; a byte that is 1 if the key was there.
final class KvLayout {
    private static final int LENGTH_BYTES = 4;
    private static final Payload YES = Payload.wrap(new byte[] {1});
    private static final Payload NO = Payload.wrap(new byte[] {0});

    private KvLayout() {}

    static Payload flag(boolean value) {
        return value ? YES : NO;
    }

    static String key(String op, Payload request) {
        return key(op, request.unsafeBytes(), 0, request.size());
    }

    private static String key(String op, byte[] bytes, int from, int length) {
        if (length < 1 || length > KvLimits.KEY_BYTES_MAX) {
            throw new InvalidRequestException(
                    op + ": the key must have 1 to " + KvLimits.KEY_BYTES_MAX + " bytes, field=key bytes=" + length);
        }
        String key = text(op, "key", bytes, from, length);
        if (key.indexOf('\0') >= 0) {
            throw new InvalidRequestException(op + ": the key must not contain U+0000, field=key");
        }
        return key;
    }

    private static String text(String op, String field, byte[] bytes, int from, int length) {
        // Text of ASCII alone, which most is, needs no look at what it means.
        for (int i = from; i < from + length; i++) {
            if (bytes[i] < 0) {
                return decoded(op, field, bytes, from, length);
            }
        }
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    private static String decoded(String op, String field, byte[] bytes, int from, int length) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException(op + ": the field must be UTF-8, field=" + field);
        }
    }

    static KvService.SetRequest set(Payload request) {
        byte[] bytes = request.unsafeBytes();
        long length = bytes.length < LENGTH_BYTES
                ? Long.MAX_VALUE
                : Integer.toUnsignedLong(
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt());
        if (length > bytes.length - LENGTH_BYTES) {
            throw new InvalidRequestException(
                    "kv.set: the request must begin with the key's length in 4 bytes, and hold the key, bytes="
                            + bytes.length);
        }
        int end = LENGTH_BYTES + (int) length;
        String key = key("kv.set", bytes, LENGTH_BYTES, (int) length);
        return new KvService.SetRequest(
                key,
                JsonRequest.value(
                        "kv.set",
                        "value",
                        text("kv.set", "value", bytes, end, bytes.length - end),
                        KvLimits.VALUE_BYTES_MAX));
    }
}
