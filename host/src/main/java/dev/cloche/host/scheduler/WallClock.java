package dev.cloche.host.scheduler;

import java.util.Objects;
import java.util.function.LongSupplier;

/// Real time: a monotonic source of nanoseconds, which no one can hurry.
public record WallClock(LongSupplier nanoClock) implements SchedulerClock {
    public WallClock {
        Objects.requireNonNull(nanoClock, "nanoClock");
    }

    @Override
    public long getAsLong() {
        return nanoClock.getAsLong();
    }

    @Override
    public boolean skipTo(long nanos) {
        return false;
    }
}
