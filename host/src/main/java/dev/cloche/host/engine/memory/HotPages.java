package dev.cloche.host.engine.memory;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Learns which pages of an image's memories calls usually write to. Safe for use by many threads.
///
/// The first leases are observed, later ones now and then; what is old counts less and less, so that the set follows
/// when the work changes. A lease to be observed begins with no page brought in: a page that was copied looks the same
/// to the system as one that the guest wrote to.
final class HotPages {
    /// Pages that a reset copies back instead of dropping them, and that are brought in for a first call. An isolate
    /// that waits for its next call holds them.
    static final int USUAL_PAGES_MAX = 96;

    /// Leases observed in a row at the beginning.
    static final int FIRST_LEASES = 8;

    /// After those, one lease in so many is observed.
    static final int SAMPLE_EVERY = 64;

    /// Leases that must have been observed before anything counts as usual.
    static final int LEASES_MIN = 2;

    /// Pages noted of one lease, from the beginning of the memory.
    static final int NOTED_MAX = 1_024;

    private static final int WINDOW_LEASES = 32;

    private static final int[] NONE = {};

    /// Takes down the pages that one lease wrote to.
    static final class Notes implements PageMap.Sink {
        private final long start;
        private final int[] pages = new int[NOTED_MAX];
        private int count;

        /// @param start the address of the first page
        Notes(long start) {
            this.start = start;
        }

        @Override
        public void written(long from, long to) {
            for (long at = from; at < to && count < NOTED_MAX; at += Posix.PAGE_BYTES) {
                pages[count] = (int) ((at - start) / Posix.PAGE_BYTES);
                count++;
            }
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger leases = new AtomicInteger();
    private final Map<Integer, Integer> counts = new HashMap<>();
    private int observed;

    /// Page numbers in ascending order; an array is replaced, never changed.
    private volatile int[] usual = NONE;

    /// The pages that calls usually write to, in ascending order.
    int[] usual() {
        return usual;
    }

    /// Counts a lease that begins and says whether it is to be observed.
    boolean observeNext() {
        int lease = leases.getAndIncrement();
        return lease < FIRST_LEASES || lease % SAMPLE_EVERY == 0;
    }

    /// Notes what one lease wrote to.
    void observe(Notes notes) {
        // A memory that was never used says nothing. One observation more or less does not matter otherwise; a reset
        // never waits for another.
        if (notes.count == 0 || !lock.tryLock()) {
            return;
        }
        try {
            for (int i = 0; i < notes.count; i++) {
                counts.merge(notes.pages[i], 1, Integer::sum);
            }
            observed++;
            if (observed == WINDOW_LEASES) {
                fade();
            }
            if (observed >= LEASES_MIN) {
                learn();
            }
        } finally {
            lock.unlock();
        }
    }

    private void fade() {
        counts.replaceAll((page, count) -> count / 2);
        counts.values().removeIf(count -> count == 0);
        observed /= 2;
    }

    private void learn() {
        usual = counts.entrySet().stream()
                .filter(entry -> 2 * entry.getValue() >= observed)
                .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(USUAL_PAGES_MAX)
                .mapToInt(Map.Entry::getKey)
                .sorted()
                .toArray();
    }
}
