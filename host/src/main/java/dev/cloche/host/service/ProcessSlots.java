package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/// How many processes run at the same time. Safe for use by many threads.
final class ProcessSlots {
    static final int HOST_MAX = 16;

    private static final String RETRY_AFTER_MILLIS = "100";

    private final int hostMax;
    private final ToIntFunction<String> extensionMax;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock; an extension without processes has no entry.
    private final Map<String, Integer> byExtension = new HashMap<>();
    private int all;

    /// @param extensionMax how many an extension may have
    ProcessSlots(int hostMax, ToIntFunction<String> extensionMax) {
        this.hostMax = hostMax;
        this.extensionMax = extensionMax;
    }

    /// Takes a slot, or says why there is none. Whoever gets nothing back calls [#leave] exactly once.
    Optional<Denied> enter(String extension) {
        int ownMax = extensionMax.applyAsInt(extension);
        lock.lock();
        try {
            int own = byExtension.getOrDefault(extension, 0);
            if (own >= ownMax) {
                return Optional.of(usedUp(extension, ownMax));
            }
            if (all >= hostMax) {
                return Optional.of(full());
            }
            all++;
            byExtension.put(extension, own + 1);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    void leave(String extension) {
        lock.lock();
        try {
            all--;
            byExtension.computeIfPresent(extension, (_, own) -> own == 1 ? null : own - 1);
        } finally {
            lock.unlock();
        }
    }

    private static Denied usedUp(String extension, int max) {
        return new Denied(
                DeniedCode.QUOTA,
                "exec.run: too many processes at a time; await some of them first, extension=" + extension
                        + " processes=" + max,
                Map.of("quota", "processes", "limit", Integer.toString(max), "retry_after_ms", RETRY_AFTER_MILLIS));
    }

    private Denied full() {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                "exec.run: too many processes of all extensions are running; try again later, capacity=" + hostMax,
                Map.of("lane", "host", "depth", Integer.toString(hostMax), "capacity", Integer.toString(hostMax)));
    }
}
