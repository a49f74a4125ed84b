package dev.cloche.host.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The isolates that all pools of a host may have together. Safe for use by many threads.
///
/// A pool takes one unit for each place it fills. Where all units are taken, a pool with waiters queues for one, and
/// the pool with the most idle isolates closes one of them; while any pool queues, what others get back and need not
/// lend on is closed at once.
public final class HostIsolates {
    /// The isolates a host has at most unless it is told otherwise.
    public static final int DEFAULT_MAX = 1_024;

    private final int max;
    private final AtomicInteger taken = new AtomicInteger();
    private final Set<IsolatePool> pools = ConcurrentHashMap.newKeySet();

    /// Nothing is taken within it.
    private final ReentrantLock lock = new ReentrantLock();

    /// Pools with waiters that could fill a place if they had a unit, in order of arrival. Guarded by the lock.
    private final Deque<IsolatePool> hungry = new ArrayDeque<>();

    /// Whether any pool is hungry. Written under the lock.
    private volatile boolean pressed;

    /// How many isolates the pool has whose turn it is. Written under the lock.
    private volatile int poorest;

    /// @throws IllegalArgumentException if there may be none
    public HostIsolates(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("a host must be allowed an isolate, max=" + max);
        }
        this.max = max;
    }

    public int max() {
        return max;
    }

    /// How many there are, those that are being made or closed included, and without those that are suspended.
    public int taken() {
        return taken.get();
    }

    void register(IsolatePool pool) {
        pools.add(pool);
        if (pressed) {
            pool.press();
        }
    }

    void forget(IsolatePool pool) {
        pools.remove(pool);
    }

    boolean pressed() {
        return pressed;
    }

    /// Whether a pool of so many isolates has to give one of them to another that is hungry, though it could lend it on
    /// itself: it has more than its share. Of two that both have some, the one with one more keeps it.
    boolean tooMany(int isolates) {
        int fewest = poorest;
        return pressed && isolates > (fewest == 0 ? 0 : fewest + 1);
    }

    /// Whether whoever wants a unit has to queue for it.
    boolean full() {
        return pressed || taken.get() >= max;
    }

    /// Takes a unit if there is one that nobody has queued for.
    boolean tryTake() {
        return !pressed && take();
    }

    /// Takes a unit if there is one. For whoever's turn it is.
    boolean take() {
        int seen = taken.get();
        while (seen < max) {
            if (taken.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = taken.get();
        }
        return false;
    }

    /// Gives a unit back. Whoever does calls [#serve] once it holds no lock.
    void free() {
        taken.decrementAndGet();
    }

    /* What follows is called without any pool's lock. */

    /// Queues a pool for a unit, and has another one make room.
    void want(IsolatePool pool) {
        lock.lock();
        try {
            if (!hungry.contains(pool)) {
                hungry.addLast(pool);
            }
            changed();
        } finally {
            lock.unlock();
        }
        pools.forEach(IsolatePool::press);
        boolean _ = evict(pool);
        serve();
    }

    /// Gives units to pools that queue for one, one a turn.
    void serve() {
        while (pressed) {
            IsolatePool next = next();
            if (next == null) {
                return;
            }
            boolean still = next.feed();
            lock.lock();
            try {
                if (still && !hungry.contains(next)) {
                    hungry.addLast(next);
                }
                changed();
            } finally {
                lock.unlock();
            }
        }
    }

    private @Nullable IsolatePool next() {
        lock.lock();
        try {
            IsolatePool next = taken.get() < max ? hungry.pollFirst() : null;
            pressed = next != null || !hungry.isEmpty();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void changed() {
        IsolatePool first = hungry.peekFirst();
        pressed = first != null;
        poorest = first == null ? 0 : first.occupied();
    }

    /// Has the pool with the most idle isolates close one, on the calling thread. Isolates that their pool keeps ready
    /// (`min`) go last.
    ///
    /// @return whether one was closed
    public boolean evict() {
        return evict(null);
    }

    /// @param except a pool that has none to give
    boolean evict(@Nullable IsolatePool except) {
        while (true) {
            IsolatePool richest = null;
            long most = 0;
            for (IsolatePool each : pools) {
                long wealth = each == except ? 0 : each.wealth();
                if (wealth > most) {
                    most = wealth;
                    richest = each;
                }
            }
            if (richest == null) {
                return false;
            }
            if (richest.evictOne()) {
                return true;
            }
        }
    }
}
