package dev.cloche.host.engine.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Learns which pages of an image's memories calls usually write to. Safe for use by many threads.
///
/// The first leases are observed, later ones now and then; what is old counts less and less, so that the set follows
/// when the work changes. A lease to be observed begins with no page brought in: a page that was copied looks the same
/// to the system as one that the guest wrote to.
final class HotPages {
    /// Pages that a reset copies back instead of dropping them.
    static final int RESET_PAGES_MAX = 80;

    /// Pages that a stamp brings in. Fewer, since an isolate that waits for its first call holds them for nothing.
    static final int STAMP_PAGES_MAX = 48;

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
    private volatile int[] resetPages = NONE;

    private volatile int[] stampPages = NONE;

    /// The pages that a reset is to copy back, in ascending order.
    int[] resetPages() {
        return resetPages;
    }

    /// The pages that a stamp is to bring in, in ascending order: those of a reset that were written to most often.
    int[] stampPages() {
        return stampPages;
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
        List<Map.Entry<Integer, Integer>> usual = new ArrayList<>();
        for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
            if (2 * entry.getValue() >= observed) {
                usual.add(entry);
            }
        }
        usual.sort(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
        resetPages = first(usual, RESET_PAGES_MAX);
        stampPages = first(usual, STAMP_PAGES_MAX);
    }

    private static int[] first(List<Map.Entry<Integer, Integer>> usual, int limit) {
        return usual.stream().limit(limit).mapToInt(Map.Entry::getKey).sorted().toArray();
    }
}
