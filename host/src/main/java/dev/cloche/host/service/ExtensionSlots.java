package dev.cloche.host.service;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// How much of something is under way at the same time, for each extension and for all of them together. Safe for use
/// by many threads.
final class ExtensionSlots {
    private final int hostMax;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock; an extension that has nothing under way has no entry.
    private final Map<String, Integer> byExtension = new HashMap<>();
    private int all;

    /// @param hostMax how many all extensions may have together
    ExtensionSlots(int hostMax) {
        this.hostMax = hostMax;
    }

    /// Why there is no slot.
    ///
    /// @param own whether it is the extension's own slots that are taken, or those of the host
    /// @param depth how many are taken
    record Full(boolean own, int depth) {}

    /// Takes a slot, or says why there is none. Whoever gets null calls [#leave] exactly once.
    @Nullable
    Full enter(String extension, int ownMax) {
        lock.lock();
        try {
            int own = byExtension.getOrDefault(extension, 0);
            if (own >= ownMax) {
                return new Full(true, own);
            }
            if (all >= hostMax) {
                return new Full(false, all);
            }
            all++;
            byExtension.put(extension, own + 1);
            return null;
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
}
