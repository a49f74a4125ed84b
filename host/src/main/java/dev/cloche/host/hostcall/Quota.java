package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The hostcalls of one extension counted: so many a second, so many at a time. Safe for use by many threads.
///
/// The rate is a token bucket kept as one number, the time at which the bucket will be full again (the generic cell
/// rate algorithm): a hostcall moves it on by the time of one token, and is refused if that takes it further than a
/// whole burst ahead of now. One compare-and-set, no refill task.
final class Quota {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String extension;
    private final QuotaLimits limits;
    private final LongSupplier nanoClock;
    private final AtomicLong fullAtNanos;
    private final AtomicInteger inFlight = new AtomicInteger();

    Quota(String extension, QuotaLimits limits, LongSupplier nanoClock) {
        this.extension = extension;
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.fullAtNanos = new AtomicLong(nanoClock.getAsLong());
    }

    /// Counts one hostcall in, or says why not. Whoever gets null calls [#exit] exactly once.
    @Nullable
    Denied enter() {
        if (inFlight.incrementAndGet() > limits.inFlight()) {
            inFlight.decrementAndGet();
            return tooMany();
        }
        long waitNanos = takeToken();
        if (waitNanos > 0) {
            inFlight.decrementAndGet();
            return tooFast(waitNanos);
        }
        return null;
    }

    /// Counts one in that calls another extension: how many of those are under way has bounds of its own, by how deep
    /// calls may nest. Nobody calls [#exit] for it.
    @Nullable
    Denied enterNested() {
        long waitNanos = takeToken();
        return waitNanos > 0 ? tooFast(waitNanos) : null;
    }

    void exit() {
        inFlight.decrementAndGet();
    }

    private long takeToken() {
        long now = nanoClock.getAsLong();
        long burstNanos = limits.burst() * limits.nanosPerCall();
        while (true) {
            long fullAt = fullAtNanos.get();
            // Compared by difference: the clock may wrap around.
            long next = (fullAt - now > 0 ? fullAt : now) + limits.nanosPerCall();
            long waitNanos = next - now - burstNanos;
            if (waitNanos > 0 || fullAtNanos.compareAndSet(fullAt, next)) {
                return waitNanos;
            }
        }
    }

    private Denied tooFast(long waitNanos) {
        long waitMillis = (waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return new Denied(
                DeniedCode.QUOTA,
                "too many hostcalls a second; call less often, extension=" + extension + " per_second="
                        + limits.perSecond() + " retry_after_ms=" + waitMillis,
                Map.of(
                        "quota", "per_second",
                        "limit", Long.toString(limits.perSecond()),
                        "retry_after_ms", Long.toString(waitMillis)));
    }

    private Denied tooMany() {
        return new Denied(
                DeniedCode.QUOTA,
                "too many hostcalls at a time; await some of them first, extension=" + extension + " in_flight="
                        + limits.inFlight(),
                Map.of("quota", "in_flight", "limit", Integer.toString(limits.inFlight()), "retry_after_ms", "1"));
    }
}
