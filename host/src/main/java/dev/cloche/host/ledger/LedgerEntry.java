package dev.cloche.host.ledger;

import java.time.Instant;
import java.util.Objects;

/// A row of the ledger.
///
/// @param sequence from 1, without gaps
/// @param timeMillis since the epoch, by the clock of the host that wrote it
/// @param hash over the row and, through the hash of the one before, over all rows before; 64 hexadecimal digits
public record LedgerEntry(long sequence, long timeMillis, LedgerEvent event, String hash) {
    public LedgerEntry {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(hash, "hash");
    }

    public Instant time() {
        return Instant.ofEpochMilli(timeMillis);
    }

    /// The ledger's head when this row was its last one.
    public LedgerHead head() {
        return new LedgerHead(sequence, hash);
    }
}
