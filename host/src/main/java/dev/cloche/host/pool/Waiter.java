package dev.cloche.host.pool;

import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A caller that waits for an isolate. All of it belongs to the pool's lock.
final class Waiter {
    private final Condition granted;
    private final long limitNanos;
    private @Nullable Grant grant;

    Waiter(Condition granted, long limitNanos) {
        this.granted = granted;
        this.limitNanos = limitNanos;
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

    boolean late(long nowNanos) {
        return nowNanos - limitNanos >= 0;
    }

    /// Lets the caller look at the clock again.
    void nudge() {
        granted.signal();
    }

    /// Waits for a grant, but not past the limit.
    void await(LongSupplier clock) throws InterruptedException {
        long now = clock.getAsLong();
        while (grant == null && !late(now)) {
            long _ = granted.awaitNanos(limitNanos - now);
            now = clock.getAsLong();
        }
    }

    /// What a caller of the pool is given.
    sealed interface Grant {
        /// The right to go on, where there is nothing to make first.
        record Ready(PooledIsolate pooled) implements Grant {}

        /// The right to make one isolate.
        record Slot() implements Grant {
            static final Slot INSTANCE = new Slot();
        }

        record Refused(Acquisition.Rejected rejected) implements Grant {}
    }
}
