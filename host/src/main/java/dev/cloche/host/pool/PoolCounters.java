package dev.cloche.host.pool;

import dev.cloche.host.pool.Histogram.Ladder;
import java.util.Map;

/// What a pool has done so far. All of it belongs to the pool's lock.
final class PoolCounters {
    private final Map<RetireReason, Long> retired = PoolStats.zeros(RetireReason.class);
    private final Map<Acquisition.Reason, Long> rejections = PoolStats.zeros(Acquisition.Reason.class);
    private final HistogramCounts waits = new HistogramCounts(Ladder.WAITS);
    private final HistogramCounts creations = new HistogramCounts(Ladder.CREATIONS);
    private long creationFailures;
    private long leaked;

    /// Waiters that were granted something and have not said how long they waited.
    private long handed;

    /// Callers that did not wait, as far as was told.
    private long atOnce;

    /// What isolates that are gone were leased, and how often they were reset.
    private long usesOfGone;

    private long resetsOfGone;

    void leaked() {
        leaked++;
    }

    void created(long nanos) {
        creations.add(nanos);
    }

    void creationFailed() {
        creationFailures++;
    }

    void retired(RetireReason reason, long uses, long resets) {
        retired.merge(reason, 1L, Long::sum);
        usesOfGone += uses;
        resetsOfGone += resets;
    }

    void rejected(Acquisition.Reason reason) {
        rejections.merge(reason, 1L, Long::sum);
    }

    /// A waiter was granted something, and will say how long it waited as soon as it runs.
    void handed() {
        handed++;
    }

    /// A waiter waits no more.
    ///
    /// @param granted whether it was [#handed] something
    void waited(long nanos, boolean granted) {
        waits.add(nanos);
        handed -= granted ? 1 : 0;
    }

    /// @param uses leases of the isolates there are
    /// @param resets of the isolates there are
    PoolStats snapshot(
            int idle, int inUse, int suspended, int creating, int retiring, int waiting, long uses, long resets) {
        long acquires = usesOfGone + uses;
        return new PoolStats(
                idle,
                inUse,
                suspended,
                creating,
                retiring,
                waiting,
                creations.total(),
                creationFailures,
                retired,
                acquires,
                rejections,
                leaked,
                resetsOfGone + resets,
                waits.snapshot(atOnce(acquires)),
                creations.snapshot(0));
    }

    /// Callers that were served or refused and never waited: those that pass without the lock count nothing themselves.
    /// A waiter that may make an isolate has waited before it is served, so this may come out too low for a moment;
    /// what was told stands.
    private long atOnce(long acquires) {
        long answered = acquires;
        for (long count : rejections.values()) {
            answered += count;
        }
        atOnce = Math.max(atOnce, answered - waits.total() - handed);
        return atOnce;
    }
}
