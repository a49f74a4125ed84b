package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// How many requests are out at the same time. With the caps on bodies it bounds what they hold in memory. Safe for use
/// by many threads.
final class FetchSlots {
    static final int HOST_MAX = 64;
    static final int EXTENSION_MAX = 16;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock; an extension without requests has no entry.
    private final Map<String, Integer> byExtension = new HashMap<>();
    private int all;

    /// Takes a slot, or says why there is none. Whoever gets nothing back calls [#leave] exactly once.
    Optional<Denied> enter(String extension) {
        lock.lock();
        try {
            int own = byExtension.getOrDefault(extension, 0);
            if (own >= EXTENSION_MAX) {
                return Optional.of(full(extension, own, EXTENSION_MAX));
            }
            if (all >= HOST_MAX) {
                return Optional.of(full("host", all, HOST_MAX));
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

    private static Denied full(String whose, int depth, int capacity) {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                "http.fetch: too many requests are out; await some of them first, lane=" + whose + " depth=" + depth
                        + " capacity=" + capacity,
                Map.of("lane", whose, "depth", Integer.toString(depth), "capacity", Integer.toString(capacity)));
    }
}
