package dev.cloche.host.hostcall;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The hostcalls of one extension counted: so many a second and a minute, so many bytes, so many at a time. Safe for
/// use by many threads.
final class Quota {
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final String extension;
    private final LongSupplier nanoClock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Buckets buckets;

    /// The limits in force and what counts for them; replaced as one.
    private record Buckets(QuotaLimits limits, TokenBucket second, TokenBucket minute, TokenBucket bytes) {
        static Buckets of(QuotaLimits limits, long now) {
            long minute = TimeUnit.MINUTES.toNanos(1);
            return new Buckets(
                    limits,
                    new TokenBucket(limits.perSecond(), TimeUnit.SECONDS.toNanos(1), now),
                    new TokenBucket(limits.perMinute(), minute, now),
                    new TokenBucket(limits.bytesPerMinute(), minute, now));
        }
    }

    Quota(String extension, QuotaLimits limits, LongSupplier nanoClock) {
        this.extension = extension;
        this.nanoClock = nanoClock;
        this.buckets = Buckets.of(limits, nanoClock.getAsLong());
    }

    QuotaLimits limits() {
        return buckets.limits;
    }

    /// Holds the extension to other limits from now on. Its buckets are full again then.
    void change(QuotaLimits limits) {
        if (!limits.equals(buckets.limits)) {
            buckets = Buckets.of(limits, nanoClock.getAsLong());
        }
    }

    /// Counts a hostcall that is over once it is carried out here and now, or says why it may not be.
    ///
    /// @param bytes of its request
    @Nullable
    Denied enterNow(int bytes) {
        Buckets current = buckets;
        long now = nanoClock.getAsLong();
        long wait = current.second.take(1, now);
        if (wait > 0) {
            return tooFast("per_second", current.limits.perSecond(), wait);
        }
        wait = current.minute.take(1, now);
        if (wait > 0) {
            current.second.giveBack(1);
            return tooFast("per_minute", current.limits.perMinute(), wait);
        }
        wait = current.bytes.takeOnCredit(bytes, now);
        if (wait > 0) {
            current.second.giveBack(1);
            current.minute.giveBack(1);
            return tooFast("bytes", current.limits.bytesPerMinute(), wait);
        }
        return null;
    }

    /// Counts one in that takes its time. Whoever gets null calls [#exit] exactly once.
    @Nullable
    Denied enter(int bytes) {
        int limit = buckets.limits.inFlight();
        if (inFlight.incrementAndGet() > limit) {
            inFlight.decrementAndGet();
            return tooMany(limit);
        }
        Denied denied = enterNow(bytes);
        if (denied != null) {
            inFlight.decrementAndGet();
        }
        return denied;
    }

    void exit() {
        inFlight.decrementAndGet();
    }

    /// Counts the bytes of an answer: what is too much keeps later hostcalls out.
    void answered(int bytes) {
        if (bytes > 0) {
            buckets.bytes.owe(bytes, nanoClock.getAsLong());
        }
    }

    /// Counts the bytes of one part of an answer, or says why there may be no more.
    @Nullable
    Denied chunk(int bytes) {
        Buckets current = buckets;
        long wait = current.bytes.takeOnCredit(bytes, nanoClock.getAsLong());
        return wait > 0 ? tooFast("bytes", current.limits.bytesPerMinute(), wait) : null;
    }

    int inFlight() {
        return inFlight.get();
    }

    private Denied tooFast(String quota, long limit, long waitNanos) {
        long waitMillis = (waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        String what = quota.equals("bytes") ? "too many bytes of hostcalls a minute" : "too many hostcalls";
        return new Denied(
                DeniedCode.QUOTA,
                what + "; call less often, extension=" + extension + " " + quota + "=" + limit + " retry_after_ms="
                        + waitMillis,
                Map.of(
                        "quota", quota,
                        "limit", Long.toString(limit),
                        "retry_after_ms", Long.toString(waitMillis)));
    }

    private Denied tooMany(int limit) {
        return new Denied(
                DeniedCode.QUOTA,
                "too many hostcalls at a time; await some of them first, extension=" + extension + " in_flight="
                        + limit,
                Map.of("quota", "in_flight", "limit", Integer.toString(limit), "retry_after_ms", "1"));
    }
}
