package dev.cloche.host.ledger;

import java.util.regex.Pattern;

/// The last row of the ledger in short. Whoever keeps it elsewhere can tell later whether rows were cut off.
///
/// @param sequence of the last row, and so how many there are; 0 where there is none
/// @param hash of the last row, 64 hexadecimal digits
public record LedgerHead(long sequence, String hash) {
    private static final int HASH_CHARS = 64;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{" + HASH_CHARS + "}");

    /// That of a ledger without rows.
    public static final LedgerHead EMPTY = new LedgerHead(0, "0".repeat(HASH_CHARS));

    public LedgerHead {
        requireHash(hash);
    }

    /// Whether this may be the hash of a row.
    public static boolean isHash(String text) {
        return HASH.matcher(text).matches();
    }

    private static void requireHash(String hash) {
        if (!isHash(hash)) {
            throw new IllegalArgumentException("a hash must be 64 hexadecimal digits in lower case, hash=" + hash);
        }
    }
}
