package dev.cloche.host.pool;

import java.util.ArrayList;
import java.util.List;

/// How long things took: how many took how long, and all of them together.
///
/// @param bounds upper bounds of the buckets in seconds, rising; what takes exactly as long belongs to the bucket
/// @param counts of each bucket by itself, and behind them of what took longer than the last bound
/// @param sum in seconds
public record Histogram(List<Double> bounds, List<Long> counts, double sum) {
    public Histogram {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
        if (counts.size() != bounds.size() + 1) {
            throw new IllegalArgumentException(
                    "there must be one count more than bounds, bounds=" + bounds.size() + " counts=" + counts.size());
        }
        for (int i = 1; i < bounds.size(); i++) {
            if (bounds.get(i) <= bounds.get(i - 1)) {
                throw new IllegalArgumentException("bounds must rise, bounds=" + bounds);
            }
        }
    }

    /// One in which nothing is counted.
    static Histogram empty(Ladder ladder) {
        return new HistogramCounts(ladder).snapshot(0);
    }

    /// How many there are in all.
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /// What this one and another count together.
    ///
    /// @throws IllegalArgumentException if their bounds differ
    public Histogram plus(Histogram other) {
        if (!bounds.equals(other.bounds)) {
            throw new IllegalArgumentException(
                    "only histograms of the same bounds add up, bounds=" + bounds + " other=" + other.bounds);
        }
        List<Long> sums = new ArrayList<>(counts.size());
        for (int i = 0; i < counts.size(); i++) {
            sums.add(counts.get(i) + other.counts.get(i));
        }
        return new Histogram(bounds, sums, sum + other.sum);
    }

    /// The bounds that are in use: three for each power of ten, and a few more behind them.
    static final class Ladder {
        /// Of what callers wait for an isolate: 10 µs to 5 s.
        static final Ladder WAITS = new Ladder();

        /// Of what making an isolate takes: 10 µs to 30 s.
        static final Ladder CREATIONS = new Ladder(10, 30);

        private static final long FIRST_NANOS = 10_000;
        private static final long SECOND_NANOS = 1_000_000_000;
        private static final int POWERS = 6;
        private static final int STEPS = 3;

        private final long[] boundsNanos;

        /// @param beyondSeconds what follows 5 s
        // Plain loops: this is on the way of a host's start, and the first use of streams takes longer than all of it.
        private Ladder(int... beyondSeconds) {
            boundsNanos = new long[STEPS * POWERS + beyondSeconds.length];
            int size = 0;
            long power = FIRST_NANOS;
            for (int i = 0; i < POWERS; i++) {
                boundsNanos[size++] = power;
                boundsNanos[size++] = power * 5 / 2;
                boundsNanos[size++] = power * 5;
                power *= 10;
            }
            for (int seconds : beyondSeconds) {
                boundsNanos[size++] = seconds * SECOND_NANOS;
            }
        }

        /// How many bounds there are.
        int size() {
            return boundsNanos.length;
        }

        long boundNanos(int index) {
            return boundsNanos[index];
        }
    }
}
