package dev.cloche.host.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A clock that a test moves.
final class FakeClock implements LongSupplier {
    /// Close to the end of the range, so that a comparison that forgets about overflow fails.
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    private volatile Runnable onRead = () -> {};

    /// Has something done whenever it is read, on the thread that does; a pool reads it under its lock, too.
    void onRead(Runnable action) {
        onRead = action;
    }

    @Override
    public long getAsLong() {
        onRead.run();
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
