package dev.cloche.host.ledger.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// The hash of a row: SHA-256 over all its columns and the hash of the row before it.
///
/// ```
///    15  "cloche-ledger-1", what this is and its version
///     8  sequence
///     8  time_ms
///     8  count
///     4  n, length of the text that follows  ┐  kind, extension, reason_code, triggered_by,
///     n  the text in UTF-8                   ┘  from_state, to_state, details
///    32  hash of the row before; zeros for the first row
/// ```
///
/// Numbers are big-endian. Every part has a fixed length or says its own, so no two rows have the same bytes. Used by
/// one thread.
final class RowHash {
    /// Bytes of a hash.
    static final int BYTES = 32;

    /// How many texts a row has.
    static final int TEXTS = 7;

    private static final byte[] LAYOUT = "cloche-ledger-1".getBytes(StandardCharsets.US_ASCII);

    private final MessageDigest digest = sha256();
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

    /// @param texts in the order of the layout, each in UTF-8
    byte[] of(long sequence, long timeMillis, long count, List<byte[]> texts, byte[] previous) {
        if (texts.size() != TEXTS || previous.length != BYTES) {
            throw new IllegalArgumentException(
                    "a row has other parts, texts=" + texts.size() + " previous=" + previous.length);
        }
        digest.update(LAYOUT);
        digest.update(number.clear().putLong(sequence).flip());
        digest.update(number.clear().putLong(timeMillis).flip());
        digest.update(number.clear().putLong(count).flip());
        for (byte[] text : texts) {
            digest.update(number.clear().putInt(text.length).flip());
            digest.update(text);
        }
        return digest.digest(previous);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
