package dev.cloche.host.pool;

import dev.cloche.host.pool.Histogram.Ladder;
import java.util.ArrayList;
import java.util.List;

/// Counts how long things took. Not safe for use by several threads.
final class HistogramCounts {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Ladder ladder;

    /// The last one is that of what took longer than all bounds.
    private final long[] counts;

    private long total;
    private long sumNanos;

    HistogramCounts(Ladder ladder) {
        this.ladder = ladder;
        this.counts = new long[ladder.size() + 1];
    }

    /// @param nanos how long it took; where the clock went back, as if it took no time
    void add(long nanos) {
        long took = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < ladder.size() && took > ladder.boundNanos(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        total++;
        sumNanos += took;
    }

    /// How many were added.
    long total() {
        return total;
    }

    /// What was added, and so many besides that took no time.
    Histogram snapshot(long atOnce) {
        List<Double> bounds = new ArrayList<>(ladder.size());
        List<Long> buckets = new ArrayList<>(counts.length);
        for (int i = 0; i < ladder.size(); i++) {
            bounds.add(ladder.boundNanos(i) / NANOS_PER_SECOND);
        }
        for (long count : counts) {
            buckets.add(count);
        }
        buckets.set(0, counts[0] + atOnce);
        return new Histogram(bounds, buckets, sumNanos / NANOS_PER_SECOND);
    }
}
