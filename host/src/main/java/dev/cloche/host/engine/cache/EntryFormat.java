package dev.cloche.host.engine.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// How an entry lies in its file. Numbers are big-endian.
///
/// ```
///   0   8  magic, "CLOCHE", 0x1a, 0x0a
///   8   4  version of this format
///  12   4  K, bytes of the key
///  16   8  N, bytes of the content
///  24  32  SHA-256 of the content
///  56  32  SHA-256 of bytes 0..55 and of the key
///  88   K  the key, as text
/// 88+K  N  the content, up to the end of the file
/// ```
///
/// The header has a hash of its own, so that entries can be listed without reading them. The key is inside, so that a
/// file that was renamed is not taken for another. The version is in the file's name too, by way of its hash: releases
/// with different formats share a folder without ever reading each other's entries.
final class EntryFormat {
    static final int VERSION = 1;

    /// Bytes before the key.
    static final int FIXED_BYTES = 88;

    /// Bytes of a key's text, at most.
    static final int KEY_BYTES_MAX = 4_096;

    private static final long MAGIC = 0x434c_4f43_4845_1a0aL;
    private static final int CONTENT_HASH_AT = 24;
    private static final int HASHED_BYTES = 56;

    private EntryFormat() {}

    /// What stands before the content.
    ///
    /// @param contentHash the SHA-256 of the content, in hexadecimal
    record Header(CacheKey key, long contentBytes, String contentHash) {
        static Header of(CacheKey key, long contentBytes, byte[] contentHash) {
            return new Header(key, contentBytes, HexFormat.of().formatHex(contentHash));
        }

        long headerBytes() {
            return FIXED_BYTES + (long) key.text().length();
        }

        long fileBytes() {
            return headerBytes() + contentBytes;
        }
    }

    static byte[] encode(Header header) {
        byte[] key = header.key().text().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + key.length);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(key.length).putLong(header.contentBytes());
        bytes.put(HexFormat.of().parseHex(header.contentHash()));
        bytes.put(headerHash(bytes.array(), key)).put(key);
        return bytes.array();
    }

    /// The length of the key that follows the fixed part of a header.
    static int keyBytes(byte[] fixed) throws UnusableEntryException {
        ByteBuffer bytes = ByteBuffer.wrap(fixed);
        if (bytes.getLong() != MAGIC) {
            throw new UnusableEntryException("is not an entry of the cache");
        }
        int version = bytes.getInt();
        if (version != VERSION) {
            throw new UnusableEntryException("has a format of another version, version=" + version);
        }
        int keyBytes = bytes.getInt();
        if (keyBytes < 1 || keyBytes > KEY_BYTES_MAX) {
            throw new UnusableEntryException("has a damaged header, key-bytes=" + keyBytes);
        }
        return keyBytes;
    }

    static Header decode(byte[] fixed, byte[] keyText) throws UnusableEntryException {
        byte[] expected = Arrays.copyOfRange(fixed, HASHED_BYTES, FIXED_BYTES);
        if (!Arrays.equals(expected, headerHash(fixed, keyText))) {
            throw new UnusableEntryException("has a damaged header");
        }
        CacheKey key = CacheKey.parse(new String(keyText, StandardCharsets.US_ASCII))
                .orElseThrow(() -> new UnusableEntryException("has a key that cannot be read"));
        long contentBytes = ByteBuffer.wrap(fixed).getLong(16);
        return Header.of(key, contentBytes, Arrays.copyOfRange(fixed, CONTENT_HASH_AT, HASHED_BYTES));
    }

    private static byte[] headerHash(byte[] fixed, byte[] key) {
        var digest = Sha256.digest();
        digest.update(fixed, 0, HASHED_BYTES);
        digest.update(key);
        return digest.digest();
    }
}
