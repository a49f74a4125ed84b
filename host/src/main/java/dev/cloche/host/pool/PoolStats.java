package dev.cloche.host.pool;

import java.util.Map;

/// A pool's numbers at one moment; they fit together.
///
/// @param live isolates that exist: idle, in use, or being closed
/// @param creating isolates being made; `live + creating` never passes the pool's `max`
/// @param created isolates made so far, those that are gone included
/// @param creationFailures creations that failed so far
/// @param retired isolates retired so far, by reason; every reason has a count
/// @param acquires leases given so far
/// @param rejections leases refused so far, by reason; every reason has a count
public record PoolStats(
        int live,
        int idle,
        int inUse,
        int creating,
        int waiting,
        long created,
        long creationFailures,
        Map<RetireReason, Long> retired,
        long acquires,
        Map<Acquisition.Reason, Long> rejections) {
    public PoolStats {
        retired = Map.copyOf(retired);
        rejections = Map.copyOf(rejections);
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
