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
    private @Nullable Grant grant;

    /// @param sinceNanos when it began to wait
    /// @param deadlineNanos until when the lease that it waits for ought to be over
    /// @param limitNanos until when it waits
    Waiter(Condition granted, Thread thread, long sinceNanos, long deadlineNanos, long limitNanos) {
        this.granted = granted;
        this.thread = thread;
        this.sinceNanos = sinceNanos;
        this.deadlineNanos = deadlineNanos;
        this.limitNanos = limitNanos;
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

    /// Lets the caller look at the clock again.
    void nudge() {
        granted.signal();
    }

    /// Waits for a grant, but not past the limit.
    ///
    /// @param nanosMax for how long at most
    void await(LongSupplier clock, long nanosMax) throws InterruptedException {
        long left = nanosMax;
        long now = clock.getAsLong();
        while (grant == null && !late(now) && left > 0) {
            long slice = Math.min(left, limitNanos - now);
            left -= slice - granted.awaitNanos(slice);
            now = clock.getAsLong();
        }
    }
}
