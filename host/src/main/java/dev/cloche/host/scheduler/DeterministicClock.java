package dev.cloche.host.scheduler;

import java.util.concurrent.atomic.AtomicLong;

/// Time that goes on only when it is told to: in steps that are given to it, or, if it was made so, on to the next
/// timer whenever nothing else is left to do. May be used by any thread.
public final class DeterministicClock implements SchedulerClock {
    private final AtomicLong now;
    private final boolean skips;

    private DeterministicClock(long startNanos, boolean skips) {
        this.now = new AtomicLong(startNanos);
        this.skips = skips;
    }

    /// A clock that goes on when it is told to, and never by itself.
    public static DeterministicClock stepped(long startNanos) {
        return new DeterministicClock(startNanos, false);
    }

    /// A clock that also goes on to the next timer when nothing can happen before.
    public static DeterministicClock skipping(long startNanos) {
        return new DeterministicClock(startNanos, true);
    }

    /// Goes on by so much.
    ///
    /// @throws IllegalArgumentException if that is back
    public void advance(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("time does not go back, nanos=" + nanos);
        }
        now.addAndGet(nanos);
    }

    @Override
    public long getAsLong() {
        return now.get();
    }

    @Override
    public boolean skipTo(long nanos) {
        if (skips) {
            now.accumulateAndGet(nanos, (at, to) -> at - to > 0 ? at : to);
        }
        return skips;
    }
}
