package dev.cloche.host.engine;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// Time as one guest reads it. Its monotonic clock begins at zero when its isolate is made, and goes on from the moment
/// of the snapshot in an isolate that is stamped, be it in another process: it never runs backwards.
public final class GuestClock {
    private final EngineClocks clocks;
    private final long originNanos;

    private GuestClock(EngineClocks clocks, long elapsedNanos) {
        this.clocks = clocks;
        this.originNanos = clocks.nanoClock().getAsLong() - elapsedNanos;
    }

    /// The clock of an isolate that is booted.
    public static GuestClock started(EngineClocks clocks) {
        return new GuestClock(clocks, 0);
    }

    /// The clock of an isolate that is stamped.
    ///
    /// @param elapsedNanos what the snapshot's clock showed
    public static GuestClock resumed(EngineClocks clocks, long elapsedNanos) {
        return new GuestClock(clocks, elapsedNanos);
    }

    /// Nanoseconds on the guest's monotonic clock.
    public long monotonicNanos() {
        return clocks.nanoClock().getAsLong() - originNanos;
    }

    /// Nanoseconds since the epoch.
    public long wallNanos() {
        Instant now = clocks.wall().instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
