package dev.cloche.host.pool;

import java.util.EnumMap;
import java.util.Map;

/// What a pool has done so far. All of it belongs to the pool's lock.
final class PoolCounters {
    private final Map<RetireReason, Long> retired = zeros(RetireReason.class);
    private final Map<Acquisition.Reason, Long> rejections = zeros(Acquisition.Reason.class);
    private long created;
    private long creationFailures;
    private long leaked;

    /// What isolates that are gone were leased.
    private long usesOfGone;

    void leaked() {
        leaked++;
    }

    void created() {
        created++;
    }

    void creationFailed() {
        creationFailures++;
    }

    void retired(RetireReason reason, long uses) {
        retired.merge(reason, 1L, Long::sum);
        usesOfGone += uses;
    }

    void rejected(Acquisition.Reason reason) {
        rejections.merge(reason, 1L, Long::sum);
    }

    /// @param uses leases of the isolates there are
    PoolStats snapshot(int idle, int inUse, int suspended, int creating, int retiring, int waiting, long uses) {
        return new PoolStats(
                idle,
                inUse,
                suspended,
                creating,
                retiring,
                waiting,
                created,
                creationFailures,
                retired,
                usesOfGone + uses,
                rejections,
                leaked);
    }

    private static <E extends Enum<E>> Map<E, Long> zeros(Class<E> reasons) {
        Map<E, Long> counts = new EnumMap<>(reasons);
        for (E reason : reasons.getEnumConstants()) {
            counts.put(reason, 0L);
        }
        return counts;
    }
}
