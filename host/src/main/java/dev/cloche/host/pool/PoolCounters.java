package dev.cloche.host.pool;

import java.util.EnumMap;
import java.util.Map;

/// What a pool has done so far. All of it belongs to the pool's lock.
final class PoolCounters {
    private final Map<RetireReason, Long> retired = zeros(RetireReason.class);
    private final Map<Acquisition.Reason, Long> rejections = zeros(Acquisition.Reason.class);
    private long created;
    private long creationFailures;
    private long acquires;

    void acquired() {
        acquires++;
    }

    void created() {
        created++;
    }

    void creationFailed() {
        creationFailures++;
    }

    void retired(RetireReason reason) {
        retired.merge(reason, 1L, Long::sum);
    }

    void rejected(Acquisition.Reason reason) {
        rejections.merge(reason, 1L, Long::sum);
    }

    PoolStats snapshot(int live, int idle, int inUse, int creating, int waiting) {
        return new PoolStats(
                live, idle, inUse, creating, waiting, created, creationFailures, retired, acquires, rejections);
    }

    private static <E extends Enum<E>> Map<E, Long> zeros(Class<E> reasons) {
        Map<E, Long> counts = new EnumMap<>(reasons);
        for (E reason : reasons.getEnumConstants()) {
            counts.put(reason, 0L);
        }
        return counts;
    }
}
