package dev.cloche.host.service;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Who appends to which file: one at a time, so that what two guests append does not mix and the file's bound holds.
/// Safe for use by many threads.
final class FileTurns {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();

    // Guarded by lock; as large as the number of appends under way.
    private final Set<String> taken = new HashSet<>();

    /// Waits until nobody else has the file. Whoever returns from it calls [#leave] exactly once.
    void enter(String file) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!taken.add(file)) {
                left.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void leave(String file) {
        lock.lock();
        try {
            taken.remove(file);
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
