package dev.cloche.host.ledger;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which rows of the ledger to list: of those that match, the last ones, or the first ones behind a given row.
///
/// @param extension only its rows; null for those of all and of the host
/// @param since only rows of this time or later; null for all
/// @param kinds only these; empty for all
/// @param after the sequence of the row behind which to begin; null for the last rows
/// @param limit how many rows at most
public record LedgerQuery(
        @Nullable String extension,
        @Nullable Instant since,
        Set<LedgerKind> kinds,
        @Nullable Long after,
        int limit) {
    public static final int LIMIT_DEFAULT = 100;
    public static final int LIMIT_MAX = 10_000;

    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59.999Z");

    /// The last rows of any kind.
    public static final LedgerQuery LAST = new LedgerQuery(null, null, Set.of(), null, LIMIT_DEFAULT);

    public LedgerQuery {
        kinds = Set.copyOf(kinds);
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new IllegalArgumentException("a listing has 1 to " + LIMIT_MAX + " rows, limit=" + limit);
        }
        if (since != null && (since.isBefore(Instant.EPOCH) || since.isAfter(TIME_MAX))) {
            throw new IllegalArgumentException("a row has a time from 1970 to 9999, since=" + since);
        }
        if (after != null && after < 0) {
            throw new IllegalArgumentException("sequences begin at 1, after=" + after);
        }
    }

    public LedgerQuery withExtension(String id) {
        return new LedgerQuery(Objects.requireNonNull(id, "id"), since, kinds, after, limit);
    }

    public LedgerQuery withSince(Instant time) {
        return new LedgerQuery(extension, Objects.requireNonNull(time, "time"), kinds, after, limit);
    }

    public LedgerQuery withKinds(Set<LedgerKind> only) {
        return new LedgerQuery(extension, since, only, after, limit);
    }

    public LedgerQuery withAfter(long sequence) {
        return new LedgerQuery(extension, since, kinds, sequence, limit);
    }

    public LedgerQuery withLimit(int rows) {
        return new LedgerQuery(extension, since, kinds, after, rows);
    }
}
