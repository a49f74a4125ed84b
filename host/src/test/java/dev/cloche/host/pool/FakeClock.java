package dev.cloche.host.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A clock that a test moves.
final class FakeClock implements LongSupplier {
    /// Close to the end of the range, so that a comparison that forgets about overflow fails.
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    @Override
    public long getAsLong() {
        return nanos.get();
    }

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    /// A deadline.
    long in(Duration delay) {
        return nanos.get() + delay.toNanos();
    }
}
