package dev.cloche.host.reactor;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// Times counted in buckets, each twice as wide as the one before. Safe for use by many threads.
final class Latencies {
    private static final int BUCKETS = Long.SIZE;
    private static final int PERCENT = 100;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final LongAdder sum = new LongAdder();
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);

    void record(long nanos) {
        long measured = Math.max(0, nanos);
        counts.incrementAndGet(bucket(measured));
        sum.add(measured);
        max.accumulate(measured);
    }

    private static int bucket(long nanos) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos | 1);
    }

    long sum() {
        return sum.sum();
    }

    long max() {
        return max.get();
    }

    /// The upper end of the bucket in which a percentile lies; zero if nothing was recorded.
    long percentile(int percent) {
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += counts.get(i);
        }
        long wanted = (total * percent + PERCENT - 1) / PERCENT;
        long seen = 0;
        for (int i = 0; i < BUCKETS && wanted > 0; i++) {
            seen += counts.get(i);
            if (seen >= wanted) {
                return Math.min(max(), (2L << i) - 1);
            }
        }
        return 0;
    }
}
