package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Bytes and text as the compat lane reads and writes them.
public final class CompatText {
    private static final int BYTE = 8;
    private static final int BYTE_MASK = 0xff;
    private static final int LENGTH_BYTES = 4;

    private CompatText() {}

    /// An outcome with this text as its answer.
    public static Outcome ok(String text) {
        return new Outcome.Ok(Payload.text(text));
    }

    /// Four bytes as a number without sign, little end first.
    public static long unsigned(byte[] bytes, int at) {
        long number = 0;
        for (int i = LENGTH_BYTES - 1; i >= 0; i--) {
            number = (number << BYTE) | (bytes[at + i] & BYTE_MASK);
        }
        return number;
    }

    /// Writes a number into eight bytes, little end first.
    public static void putLong(byte[] bytes, int at, long number) {
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[at + i] = (byte) (number >>> (i * BYTE));
        }
    }

    /// A length at the beginning of a request, little end first, of what follows it.
    public static int length(String op, Payload request, int at) {
        byte[] bytes = request.unsafeBytes();
        long length = bytes.length >= at + LENGTH_BYTES ? unsigned(bytes, at) : Long.MAX_VALUE;
        if (length > bytes.length - at - LENGTH_BYTES) {
            throw new InvalidRequestException(
                    op + ": a length must lie within the request, at=" + at + " bytes=" + bytes.length);
        }
        return (int) length;
    }

    /// Some bytes of a request as UTF-8, well formed.
    public static String text(String op, String field, Payload request, int from, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(request.unsafeBytes(), from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException(op + ": the field must be UTF-8, field=" + field);
        }
    }

    public static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /// A string as JSON.
    public static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> json.append(c < ' ' ? String.format("\\u%04X", (int) c) : String.valueOf(c));
            }
        }
        return json.append('"').toString();
    }
}
