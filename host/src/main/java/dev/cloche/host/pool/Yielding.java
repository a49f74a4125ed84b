package dev.cloche.host.pool;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Lets other threads run before one waits in the queue. Those that have an isolate and no processor get one then:
/// otherwise each of them, when it comes to run, hands its isolate to a thread that sleeps and goes to sleep itself,
/// and so on for ever. Of one caller.
final class Yielding {
    /// How often.
    private static final int YIELDS_MAX = 32;

    /// For how long.
    private static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

    /// A caller that is back as soon as this had no others to let run: who has the isolates sleeps, and yielding does
    /// not wake it. After so many of those it yields no more.
    private static final long ALONE_NANOS = TimeUnit.MICROSECONDS.toNanos(5);

    private static final int ALONE_MAX = 2;

    private final LongSupplier clock;
    private final long start;
    private int yields;
    private int alone;

    Yielding(LongSupplier clock) {
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    /// Lets others run.
    ///
    /// @return false, and nothing is done, once that was done enough
    @SuppressWarnings("ThreadPriorityCheck") // it is the others' turn: they have what this one wants
    boolean again() {
        long before = clock.getAsLong();
        if (yields == YIELDS_MAX || alone == ALONE_MAX || before - start >= NANOS_MAX) {
            return false;
        }
        Thread.yield();
        yields++;
        alone += clock.getAsLong() - before < ALONE_NANOS ? 1 : 0;
        return true;
    }
}
