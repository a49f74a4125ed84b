package dev.cloche.host.pool;

import java.util.Map;

/// A pool's numbers at one moment; they fit together.
///
/// @param suspended isolates that do not count: their calls wait for other calls, or were made while their own
/// ancestors waited, or came back to a pool that was full
/// @param creating isolates being made
/// @param retiring isolates being closed
/// @param created isolates made so far, those that are gone included
/// @param creationFailures creations that failed so far
/// @param retired isolates retired so far, by reason; every reason has a count
/// @param acquires leases given so far
/// @param rejections leases refused so far, by reason; every reason has a count
/// @param leaked leases that were not closed in time, or whose thread ended without closing them
public record PoolStats(
        int idle,
        int inUse,
        int suspended,
        int creating,
        int retiring,
        int waiting,
        long created,
        long creationFailures,
        Map<RetireReason, Long> retired,
        long acquires,
        Map<Acquisition.Reason, Long> rejections,
        long leaked) {
    public PoolStats {
        retired = Map.copyOf(retired);
        rejections = Map.copyOf(rejections);
    }

    /// Places that are taken: idle, in use, being made, or being closed. Never more than the pool's `max`.
    public int live() {
        return idle + inUse + creating + retiring;
    }

    /// Isolates retired so far, for whatever reason.
    public long retiredTotal() {
        return total(retired);
    }

    /// Leases refused so far, for whatever reason.
    public long rejectionsTotal() {
        return total(rejections);
    }

    private static long total(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
