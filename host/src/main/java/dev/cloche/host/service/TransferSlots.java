package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// How many transfers of one operation are under way at the same time. With the caps on what each carries it bounds
/// what they hold in memory. Safe for use by many threads.
final class TransferSlots {
    private final String what;
    private final int extensionMax;
    private final int hostMax;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock; an extension without requests has no entry.
    private final Map<String, Integer> byExtension = new HashMap<>();
    private int all;

    /// @param what they are and how many are too many, for a guest
    /// @param extensionMax how many one extension may have under way
    /// @param hostMax how many all extensions may have together
    TransferSlots(String what, int extensionMax, int hostMax) {
        this.what = what;
        this.extensionMax = extensionMax;
        this.hostMax = hostMax;
    }

    /// Takes a slot, or says why there is none. Whoever gets nothing back calls [#leave] exactly once.
    Optional<Denied> enter(String extension) {
        lock.lock();
        try {
            int own = byExtension.getOrDefault(extension, 0);
            if (own >= extensionMax) {
                return Optional.of(full(extension, own, extensionMax));
            }
            if (all >= hostMax) {
                return Optional.of(full("host", all, hostMax));
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

    private Denied full(String whose, int depth, int capacity) {
        return new Denied(
                DeniedCode.BACKPRESSURE,
                what + "; await some of them first, lane=" + whose + " depth=" + depth + " capacity=" + capacity,
                Map.of("lane", whose, "depth", Integer.toString(depth), "capacity", Integer.toString(capacity)));
    }
}
