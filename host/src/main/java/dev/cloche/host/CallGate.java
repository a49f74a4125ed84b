package dev.cloche.host;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Counts the calls in a host and lets it wait until the last one has left. Safe for use by many threads.
final class CallGate {
    /*
     * One word: the number of calls inside, negative once the gate is shut. Entering and leaving are one atomic step
     * each; only the last one out of a shut gate takes the lock.
     */
    private static final long SHUT = Long.MIN_VALUE;

    private final AtomicLong inside = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();

    /// @return whether the call may go on; it must [#leave] then
    boolean enter() {
        if (inside.incrementAndGet() > 0) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        if (inside.decrementAndGet() == SHUT) {
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Lets nobody in any more.
    ///
    /// @return false if that was so already
    boolean shut() {
        return inside.getAndUpdate(calls -> calls < 0 ? calls : calls | SHUT) >= 0;
    }

    /// Waits until the shut gate's last call has left.
    ///
    /// @return whether it has, in time; an interrupt ends the wait and stays up
    boolean awaitEmpty(long timeoutNanos) {
        long left = timeoutNanos;
        lock.lock();
        try {
            while (inside.get() != SHUT) {
                if (left <= 0) {
                    return false;
                }
                left = empty.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
