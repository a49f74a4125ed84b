package dev.cloche.host.pool;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// The callers that wait for an isolate, in order of arrival. All of it belongs to the pool's lock.
final class Waiters {
    private final SequencedSet<Waiter> queue = new LinkedHashSet<>();
    private final PoolCounters counters;

    Waiters(PoolCounters counters) {
        this.counters = counters;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    Waiter first() {
        return queue.getFirst();
    }

    void addLast(Waiter waiter) {
        queue.addLast(waiter);
    }

    /// The one that came first, which is to be granted something.
    Waiter removeFirst() {
        counters.handed();
        return queue.removeFirst();
    }

    void remove(Waiter waiter) {
        queue.remove(waiter);
    }

    /// Wakes so many of those that came first.
    void nudge(int count) {
        int left = count;
        for (Waiter waiter : queue) {
            if (left-- <= 0) {
                return;
            }
            waiter.nudge();
        }
    }

    /// Wakes those whose time is over.
    ///
    /// @return how many there were
    int nudgeLate(long nowNanos) {
        int late = 0;
        for (Waiter waiter : queue) {
            if (waiter.late(nowNanos)) {
                waiter.nudge();
                late++;
            }
        }
        return late;
    }
}
