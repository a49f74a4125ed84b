package dev.cloche.host.ledger.store;

import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.ledger.LedgerEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Denied hostcalls, counted until they are in the ledger. Any thread counts; one at a time drains.
///
/// Each kind of denial has a count. The first denial of a kind is due at once and opens a window; what comes within the
/// window is counted and due at its end, as one row. A window that counted something is followed by one twice as long,
/// up to a bound; one that counted nothing ends the matter, and the next denial is a first one again.
///
/// The number of counts is bounded. When it is reached, what is new is counted for its extension as a whole, or, beyond
/// another bound, for the host as a whole: the sum of all rows is the number of denials, whatever happens.
final class DenialTally {
    /// How long denials of a kind are counted before they become a row.
    static final Duration WINDOW = Duration.ofSeconds(10);

    /// How long they are counted at most, when they go on and on.
    static final Duration WINDOW_MAX = Duration.ofMinutes(10);

    /// How many kinds of one extension are counted apart.
    static final int KINDS_PER_EXTENSION_MAX = 32;

    /// How many kinds of all extensions are counted apart.
    static final int KINDS_MAX = 1_024;

    /// How many counts there are in all, with those of whole extensions and before the one of the whole host.
    static final int COUNTS_MAX = 1_280;

    /// How many rows go into one write.
    static final int ROWS_PER_WRITE = 256;

    private final Map<DenialKey, Count> counts = new ConcurrentHashMap<>();
    private final AtomicLong written = new AtomicLong();
    // Guards which counts there are: they are made and ended under it. Held for a few look-ups.
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock: how many kinds of an extension are counted apart, and of all.
    private final Map<String, Integer> kindsOf = new HashMap<>();
    private int kinds;

    /// Counts a denial. A look-up and an increment, if one of its kind was counted lately.
    ///
    /// @return whether it is a first one, and so there is something to drain
    boolean add(String extension, String op, Denied denied) {
        DenialKey key = DenialKey.of(extension, op, denied);
        if (incremented(key) || incremented(DenialKey.rest(extension)) || (full() && incremented(DenialKey.HOST))) {
            return false;
        }
        lock.lock();
        try {
            return addFirst(key, denied);
        } finally {
            lock.unlock();
        }
    }

    private boolean incremented(DenialKey key) {
        @Nullable Count count = counts.get(key);
        return count != null && count.increment();
    }

    private boolean full() {
        return counts.size() >= COUNTS_MAX;
    }

    // Under the lock no count ends: what is found can be incremented.
    private boolean addFirst(DenialKey key, Denied denied) {
        DenialKey counted = roomFor(key);
        boolean first = !counts.containsKey(counted);
        if (first) {
            counts.put(counted, new Count(counted.isRest() ? null : denied));
            if (!counted.isRest()) {
                kinds++;
                kindsOf.merge(counted.extension(), 1, Integer::sum);
            }
        }
        incremented(counted);
        return first;
    }

    private DenialKey roomFor(DenialKey key) {
        boolean room = kinds < KINDS_MAX && kindsOf.getOrDefault(key.extension(), 0) < KINDS_PER_EXTENSION_MAX;
        if (room || counts.containsKey(key)) {
            return key;
        }
        DenialKey rest = DenialKey.rest(key.extension());
        return !full() || counts.containsKey(rest) ? rest : DenialKey.HOST;
    }

    /// Writes what is due.
    ///
    /// @param all whether everything is due
    /// @return after how long something is due next; `Long.MAX_VALUE` where nothing is counted
    long drain(long nowNanos, boolean all, RowSink sink) {
        List<Due> due = new ArrayList<>();
        long wait = Long.MAX_VALUE;
        for (Map.Entry<DenialKey, Count> entry : counts.entrySet()) {
            Count count = entry.getValue();
            long left = count.leftNanos(nowNanos);
            if (left > 0 && !all) {
                wait = Math.min(wait, left);
                continue;
            }
            long taken = count.take();
            if (taken > 0) {
                due.add(new Due(entry.getKey(), count, taken));
            } else if (!ended(entry.getKey(), count)) {
                // It has counted something just now, and nobody else wakes whoever drains for it.
                wait = 0;
            }
        }
        for (int from = 0; from < due.size(); from += ROWS_PER_WRITE) {
            List<Due> part = due.subList(from, Math.min(due.size(), from + ROWS_PER_WRITE));
            wait = Math.min(wait, write(part, nowNanos, sink));
        }
        return wait;
    }

    private long write(List<Due> part, long nowNanos, RowSink sink) {
        boolean taken = sink.offer(part.stream().map(Due::event).toList());
        long wait = Long.MAX_VALUE;
        for (Due due : part) {
            if (taken) {
                written.addAndGet(due.taken());
                due.count().openWindow(nowNanos);
            } else {
                due.count().giveBack(due.taken(), nowNanos);
            }
            wait = Math.min(wait, due.count().leftNanos(nowNanos));
        }
        return wait;
    }

    private boolean ended(DenialKey key, Count count) {
        lock.lock();
        try {
            boolean ended = count.end();
            if (ended) {
                counts.remove(key);
                if (!key.isRest()) {
                    kinds--;
                    kindsOf.computeIfPresent(key.extension(), (_, many) -> many == 1 ? null : many - 1);
                }
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /// Denials that are in the ledger.
    long written() {
        return written.get();
    }

    /// Denials that are not in the ledger yet.
    long unwritten() {
        return counts.values().stream().mapToLong(Count::waiting).sum();
    }

    /// Where rows go.
    interface RowSink {
        /// Writes all of these or none.
        ///
        /// @return whether they are written
        boolean offer(List<LedgerEvent> rows);
    }

    /// A count that was taken and becomes a row.
    private record Due(DenialKey key, Count count, long taken) {
        LedgerEvent event() {
            return key.event(count.sample, taken, count.windowNanos);
        }
    }

    /// How many denials of one kind wait to be written.
    private static final class Count {
        /// Far enough below zero that increments which come too late never get it back there.
        private static final long ENDED = Long.MIN_VALUE;

        private final AtomicLong waiting = new AtomicLong();
        private final @Nullable Denied sample;
        // Touched by the one who drains alone.
        private long windowNanos;
        private long dueNanos;
        // Until there is a time for it, what waits is due at once.
        private boolean timed;

        Count(@Nullable Denied sample) {
            this.sample = sample;
        }

        /// @return whether it counts; if not, it has ended and another must be made
        boolean increment() {
            return waiting.incrementAndGet() > 0;
        }

        long take() {
            return waiting.getAndSet(0);
        }

        /// Ends the count, unless it has counted something meanwhile.
        boolean end() {
            return waiting.compareAndSet(0, ENDED);
        }

        long waiting() {
            return Math.max(0, waiting.get());
        }

        long leftNanos(long nowNanos) {
            return timed ? Math.max(0, dueNanos - nowNanos) : 0;
        }

        void openWindow(long nowNanos) {
            windowNanos = windowNanos == 0 ? WINDOW.toNanos() : Math.min(2 * windowNanos, WINDOW_MAX.toNanos());
            dueNanos = nowNanos + windowNanos;
            timed = true;
        }

        /// Tries again after a while.
        void giveBack(long taken, long nowNanos) {
            waiting.addAndGet(taken);
            dueNanos = nowNanos + WINDOW.toNanos();
            timed = true;
        }
    }
}
