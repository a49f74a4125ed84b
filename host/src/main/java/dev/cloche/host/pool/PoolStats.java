package dev.cloche.host.pool;

import dev.cloche.host.pool.Histogram.Ladder;
import java.util.EnumMap;
import java.util.HashMap;
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
/// @param resets isolates made pristine again between two leases
/// @param waits how long callers queued, for a lease or in vain: those that did not are in the first bucket. Of callers
/// under way it may know some later than the other numbers do, never earlier.
/// @param creations how long it took to make those that were made
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
        long leaked,
        long resets,
        Histogram waits,
        Histogram creations) {
    public PoolStats {
        retired = Map.copyOf(retired);
        rejections = Map.copyOf(rejections);
    }

    /// Those of a pool that has done nothing.
    public static PoolStats zero() {
        return new PoolStats(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                zeros(RetireReason.class),
                0,
                zeros(Acquisition.Reason.class),
                0,
                0,
                Histogram.empty(Ladder.WAITS),
                Histogram.empty(Ladder.CREATIONS));
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

    /// What was done so far, without what is there at the moment.
    public PoolStats past() {
        return new PoolStats(
                0,
                0,
                0,
                0,
                0,
                0,
                created,
                creationFailures,
                retired,
                acquires,
                rejections,
                leaked,
                resets,
                waits,
                creations);
    }

    /// The numbers of this pool and another one together.
    public PoolStats plus(PoolStats other) {
        return new PoolStats(
                idle + other.idle,
                inUse + other.inUse,
                suspended + other.suspended,
                creating + other.creating,
                retiring + other.retiring,
                waiting + other.waiting,
                created + other.created,
                creationFailures + other.creationFailures,
                sums(retired, other.retired),
                acquires + other.acquires,
                sums(rejections, other.rejections),
                leaked + other.leaked,
                resets + other.resets,
                waits.plus(other.waits),
                creations.plus(other.creations));
    }

    /// A count of zero for each.
    static <E extends Enum<E>> Map<E, Long> zeros(Class<E> reasons) {
        Map<E, Long> counts = new EnumMap<>(reasons);
        for (E reason : reasons.getEnumConstants()) {
            counts.put(reason, 0L);
        }
        return counts;
    }

    private static <E> Map<E, Long> sums(Map<E, Long> counts, Map<E, Long> others) {
        Map<E, Long> sums = new HashMap<>(counts);
        others.forEach((reason, count) -> sums.merge(reason, count, Long::sum));
        return sums;
    }

    private static long total(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
