package dev.cloche.host.call;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// An immutable run of bytes: what a call carries to a guest and what comes back.
public final class Payload {
    public static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A payload of a copy of these bytes.
    public static Payload copyOf(byte[] bytes) {
        return wrap(bytes.clone());
    }

    /// A payload of these very bytes. The caller gives the array up: it must not be written any more.
    public static Payload wrap(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        return bytes.length == 0 ? EMPTY : new Payload(bytes);
    }

    /// The text in UTF-8.
    public static Payload text(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The size in bytes.
    public int size() {
        return bytes.length;
    }

    /// The bytes read as UTF-8; malformed sequences become U+FFFD.
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// A copy of the bytes.
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /// The bytes themselves, not a copy: to be read only.
    public byte[] unsafeBytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Payload[size=" + bytes.length + "]";
    }
}
