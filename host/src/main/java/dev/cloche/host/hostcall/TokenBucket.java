package dev.cloche.host.hostcall;

import java.util.concurrent.atomic.AtomicLong;

/// So many tokens a period, and as many at once after a quiet time. Safe for use by many threads.
///
/// It is kept as one number, the time at which the bucket will be full again (the generic cell rate algorithm): tokens
/// move it on by the time in which as many come, and are refused if that takes it further than a whole bucket ahead of
/// now. One compare-and-set, and nothing that refills.
final class TokenBucket {
    /// What a bucket can owe: some 70 years, so that times can still be compared. More is forgotten.
    private static final long DEBT_NANOS_MAX = Long.MAX_VALUE / 4;

    private final double nanosPerToken;
    private final long bucketNanos;
    private final AtomicLong fullAtNanos;

    /// @param tokens how many come in a period, and how many the bucket holds
    TokenBucket(long tokens, long periodNanos, long nowNanos) {
        this.nanosPerToken = (double) periodNanos / tokens;
        this.bucketNanos = periodNanos;
        this.fullAtNanos = new AtomicLong(nowNanos);
    }

    /// Takes tokens if there are so many.
    ///
    /// @return zero, or for how many nanoseconds there will not be
    long take(long tokens, long nowNanos) {
        return take(cost(tokens), nowNanos, bucketNanos);
    }

    /// Takes tokens if there is one, on credit where there are too few.
    ///
    /// @return zero, or for how many nanoseconds there will not be one
    long takeOnCredit(long tokens, long nowNanos) {
        long cost = cost(tokens);
        return take(cost, nowNanos, bucketNanos + cost);
    }

    /// Takes tokens whether there are any or not.
    void owe(long tokens, long nowNanos) {
        long cost = cost(tokens);
        // From now on, and not from when some were last taken: that may be long ago, and a bucket is full only once.
        fullAtNanos.updateAndGet(fullAt -> nowNanos + Math.min(Math.max(fullAt - nowNanos, 0) + cost, DEBT_NANOS_MAX));
    }

    private long take(long costNanos, long nowNanos, long furthestNanos) {
        while (true) {
            long fullAt = fullAtNanos.get();
            // Compared by difference: the clock may wrap around.
            long next = (fullAt - nowNanos > 0 ? fullAt : nowNanos) + costNanos;
            long waitNanos = next - nowNanos - furthestNanos;
            if (waitNanos > 0 || fullAtNanos.compareAndSet(fullAt, next)) {
                return Math.max(0, waitNanos);
            }
        }
    }

    /// Gives back what was taken and is not needed.
    void giveBack(long tokens) {
        fullAtNanos.addAndGet(-cost(tokens));
    }

    private long cost(long tokens) {
        return (long) Math.min(tokens * nanosPerToken, (double) DEBT_NANOS_MAX);
    }
}
