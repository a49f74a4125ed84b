package dev.cloche.host.pool;

import dev.cloche.host.frame.Lineage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The isolates of a pool that are there to be claimed. Claiming and resting need no lock, and threads that come again
/// and again do not get into each other's way: each tries first what it gave back last. Which isolates there are
/// changes under the pool's lock.
final class Places {
    /// A power of two. Threads that share one try the same isolate first, no more.
    private static final int HABITS = 64;

    /* What whoever comes or goes has to ask the pool's lock for. */

    static final int WAITERS = 1;
    static final int SHUT = 1 << 1;
    static final int PRESSED = 1 << 2;
    static final int OVER = 1 << 3;

    private static final PooledIsolate[] NONE = new PooledIsolate[0];

    /// Replaced as a whole.
    private volatile PooledIsolate[] all = NONE;

    /// Written under the pool's lock.
    private volatile int alert;

    /// What threads gave back last, by their ids. A hint: plain reads and writes, and written only where it changes, so
    /// that the lines it lies in stay with all processors.
    private final @Nullable PooledIsolate[] habits = new PooledIsolate[HABITS];

    /// Counts changes of habit. Plain: two threads that rest isolates at the same moment may draw the same number.
    private long stamps;

    /// What to ask the pool's lock for; 0 for nothing.
    int alert() {
        return alert;
    }

    int size() {
        return all.length;
    }

    /// Those there are, in the order in which they were made. Not to be changed.
    PooledIsolate[] all() {
        return all;
    }

    /// Claims what the thread gave back last or, if that is not idle, what went idle last.
    ///
    /// @return null if none is idle
    @Nullable
    PooledIsolate claim(Thread thread) {
        PooledIsolate usual = habits[habit(thread)];
        if (usual != null && usual.claim(thread)) {
            return usual;
        }
        PooledIsolate newest = newestIdle();
        while (newest != null && !newest.claim(thread)) {
            newest = newestIdle();
        }
        return newest;
    }

    boolean anyIdle() {
        return newestIdle() != null;
    }

    private @Nullable PooledIsolate newestIdle() {
        PooledIsolate newest = null;
        for (PooledIsolate each : all) {
            if (each.idle() && (newest == null || each.stamp() > newest.stamp())) {
                newest = each;
            }
        }
        return newest;
    }

    /// Lets an isolate rest that the thread has.
    void rest(PooledIsolate pooled, Thread thread) {
        int habit = habit(thread);
        if (habits[habit] != pooled) {
            habits[habit] = pooled;
            stamp(pooled);
        }
        pooled.rest();
    }

    /// Notes that it goes idle later than those before.
    void stamp(PooledIsolate pooled) {
        pooled.stamp(++stamps);
    }

    private static int habit(Thread thread) {
        return (int) thread.threadId() & (HABITS - 1);
    }

    /* From here on the caller holds the pool's lock. */

    void raise(int flag) {
        alert |= flag;
    }

    void lower(int flag) {
        if ((alert & flag) != 0) {
            alert &= ~flag;
        }
    }

    void add(PooledIsolate pooled) {
        PooledIsolate[] grown = Arrays.copyOf(all, all.length + 1);
        grown[all.length] = pooled;
        all = grown;
    }

    void remove(PooledIsolate pooled) {
        all = Arrays.stream(all).filter(each -> each != pooled).toArray(PooledIsolate[]::new);
        for (int i = 0; i < HABITS; i++) {
            if (habits[i] == pooled) {
                habits[i] = null;
            }
        }
    }

    /// Those that went idle first come first.
    List<PooledIsolate> oldestFirst() {
        List<PooledIsolate> sorted = new ArrayList<>(Arrays.asList(all));
        sorted.sort(Comparator.comparingLong(PooledIsolate::stamp));
        return sorted;
    }

    /// Whether a lease is some thread's of these, among those that count.
    boolean anyLeasedBy(Lineage threads) {
        for (PooledIsolate each : all) {
            Thread lessee = each.outside() ? null : each.lessee();
            if (lessee != null && threads.includes(lessee)) {
                return true;
            }
        }
        return false;
    }

    /// How many leases those there are have had.
    long uses() {
        return Arrays.stream(all).mapToLong(PooledIsolate::uses).sum();
    }

    /// How often those there are were made pristine again.
    long resets() {
        return Arrays.stream(all).mapToLong(PooledIsolate::resetCount).sum();
    }

    int count(Predicate<PooledIsolate> which) {
        int count = 0;
        for (PooledIsolate each : all) {
            count += which.test(each) ? 1 : 0;
        }
        return count;
    }
}
