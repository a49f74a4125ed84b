package dev.cloche.host.engine.cache;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that a test moves, in both directions.
final class MovableClock extends Clock {
    private static final Instant START = Instant.parse("2031-05-04T03:02:01Z");

    private final AtomicLong movedMillis = new AtomicLong();

    @Override
    public Instant instant() {
        return START.plusMillis(movedMillis.get());
    }

    void move(Duration by) {
        movedMillis.addAndGet(by.toMillis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("only instants are asked for, zone=" + zone);
    }
}
