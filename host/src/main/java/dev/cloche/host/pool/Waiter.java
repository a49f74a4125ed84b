package dev.cloche.host.pool;

import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A caller that waits for an isolate. All of it belongs to the pool's lock.
final class Waiter implements Grant {
    private final Condition granted;
    private final Thread thread;
    private final long sinceNanos;
    private final long deadlineNanos;
    private final long limitNanos;
    private final long passesBefore;
    private @Nullable Grant grant;
    private boolean nudged;
    private boolean interrupted;

    /// @param sinceNanos when it began to wait
    /// @param deadlineNanos until when the lease that it waits for ought to be over
    /// @param limitNanos until when it waits
    /// @param passesBefore how often anybody had passed a waiter when it came
    Waiter(Condition granted, Thread thread, long sinceNanos, long deadlineNanos, long limitNanos, long passesBefore) {
        this.granted = granted;
        this.thread = thread;
        this.sinceNanos = sinceNanos;
        this.deadlineNanos = deadlineNanos;
        this.limitNanos = limitNanos;
        this.passesBefore = passesBefore;
    }

    /// Lends an isolate to the caller; it was claimed for its thread.
    void grant(PooledIsolate claimed) {
        claimed.lend(thread, deadlineNanos);
        grant((Grant) claimed);
    }

    /// What the caller got; null as long as it waits. Once there it stays, whatever else happens to the caller: who
    /// grants has already booked it.
    @Nullable
    Grant grant() {
        return grant;
    }

    void grant(Grant grant) {
        this.grant = grant;
        granted.signal();
    }

    Thread thread() {
        return thread;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    boolean late(long nowNanos) {
        return nowNanos - limitNanos >= 0;
    }

    /// Whether another one who came later may have an isolate before it does.
    ///
    /// @param passes what all have passed so far
    /// @param max how many may pass one
    boolean mayBePassed(long passes, int max) {
        return passes - passesBefore < max;
    }

    /// Has the caller look at what is idle, and at the clock, soon.
    void nudge() {
        if (!nudged) {
            nudged = true;
            granted.signal();
        }
    }

    /// Notes that its thread was interrupted.
    void interrupted() {
        interrupted = true;
    }

    boolean wasInterrupted() {
        return interrupted;
    }

    /// Whether it has nothing to wait for any more.
    boolean over(long nowNanos) {
        return grant != null || interrupted || late(nowNanos);
    }

    /// Waits for a grant, but not past the limit.
    ///
    /// @param nanosMax for how long at most
    /// @param awake what it does whenever it wakes up
    void await(LongSupplier clock, long nanosMax, Runnable awake) throws InterruptedException {
        long left = nanosMax;
        long now = clock.getAsLong();
        while (grant == null && !late(now) && left > 0) {
            long slice = Math.min(left, limitNanos - now);
            nudged = false;
            left -= slice - granted.awaitNanos(slice);
            awake.run();
            now = clock.getAsLong();
        }
    }
}
