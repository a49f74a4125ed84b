package dev.cloche.host.engine;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// How many guests run at a time: two more than there are processors, so that none is idle while a turn is handed over,
/// and of those on virtual threads one fewer than there are carriers, so that a new virtual thread finds one to start
/// on. Permits go to those who wait in order of arrival, and who has had a turn while others wait goes to the end of
/// the queue. Safe for use by many threads.
///
/// `Thread.yield` would not do: virtual threads that spin and yield starve one that has not started yet.
public final class ExecutionPermits {
    private static final int SPARE = 2;

    /// One permit in the word of those that are free, and one for a virtual thread.
    private static final long ANY = 1;

    private static final long VIRTUAL = 1L << 32;
    private static final long ANY_MASK = VIRTUAL - 1;

    private final AtomicLong free;
    private final int total;
    private final int virtuals;
    private final ReentrantLock lock = new ReentrantLock();

    /// Those who wait, each queue in order of arrival; changed under the lock. Two, for those on virtual threads may
    /// have to wait while the others need not.
    private final ArrayDeque<Permit> platformQueue = new ArrayDeque<>();

    private final ArrayDeque<Permit> virtualQueue = new ArrayDeque<>();

    /// How many have ever waited; changed under the lock.
    private long arrivals;

    /// The length of both queues. Whoever joins one raises this before looking for a free permit; whoever frees one
    /// looks at this afterwards: one of the two sees the other.
    private volatile int waiting;

    /// The right of one isolate to run its guest, had or not. Used by one thread at a time.
    final class Permit {
        private @Nullable Thread thread;

        /// What of [#free] is taken: written by the isolate's thread, or by who grants it, before `granted`.
        private long held;

        private long needed;
        private long arrival;
        private volatile boolean granted;
        private final BooleanSupplier stopped;

        private Permit(BooleanSupplier stopped) {
            this.stopped = stopped;
        }

        /// Waits for its turn and takes the permit.
        ///
        /// @return false if it was stopped meanwhile, or the thread interrupted, whose flag stays up
        boolean acquire() {
            needed = Thread.currentThread().isVirtual() ? ANY | VIRTUAL : ANY;
            if (waiting == 0 && take(needed)) {
                held = needed;
                return true;
            }
            lock.lock();
            try {
                join();
            } finally {
                lock.unlock();
            }
            return await();
        }

        /// Gives the permit back; nothing if it is not had.
        void release() {
            long given = held;
            if (given != 0) {
                held = 0;
                free.getAndAdd(given);
                if (waiting > 0) {
                    grantToWaiting();
                }
            }
        }

        /// Lets others have their turn if any wait.
        ///
        /// @return false if it was stopped, or the thread interrupted, while it waited for its next turn; the permit is
        /// gone then
        boolean handOver() {
            if (waiting == 0) {
                return true;
            }
            lock.lock();
            try {
                free.getAndAdd(held);
                held = 0;
                join();
            } finally {
                lock.unlock();
            }
            return await();
        }

        /// Joins the queue at its end. Under the lock.
        private void join() {
            thread = Thread.currentThread();
            granted = false;
            arrival = arrivals;
            arrivals++;
            queue().addLast(this);
            count();
            grant();
        }

        private boolean await() {
            while (!granted) {
                if ((stopped.getAsBoolean() || Thread.currentThread().isInterrupted()) && leave()) {
                    return false;
                }
                LockSupport.park(ExecutionPermits.this);
            }
            return true;
        }

        private ArrayDeque<Permit> queue() {
            return needed >= VIRTUAL ? virtualQueue : platformQueue;
        }

        /// Leaves the queue; false if the turn has come just now.
        private boolean leave() {
            lock.lock();
            try {
                boolean left = queue().remove(this);
                count();
                return left;
            } finally {
                lock.unlock();
            }
        }
    }

    /// @param total guests that run at a time
    /// @param virtuals those of them that are on virtual threads
    public ExecutionPermits(int total, int virtuals) {
        if (total < 1 || virtuals < 1) {
            throw new IllegalArgumentException(
                    "there must be a permit, and one for virtual threads, total=" + total + " virtuals=" + virtuals);
        }
        this.total = total;
        this.virtuals = virtuals;
        this.free = new AtomicLong(total * ANY + virtuals * VIRTUAL);
    }

    /// As many as this JVM has processors and carriers for.
    public static ExecutionPermits ofMachine() {
        int processors = Runtime.getRuntime().availableProcessors();
        int carriers = Integer.getInteger("jdk.virtualThreadScheduler.parallelism", processors);
        return new ExecutionPermits(processors + SPARE, Math.max(1, carriers - 1));
    }

    /// How many guests run at a time.
    public int total() {
        return total;
    }

    /// How many of them are on virtual threads.
    public int virtuals() {
        return virtuals;
    }

    /// How many wait for their turn now.
    public int waiting() {
        return waiting;
    }

    /// How many guests run now.
    public int running() {
        return total - (int) (free.get() & ANY_MASK);
    }

    /// @param stopped whether the guest is to stop rather than to wait on; who raises that wakes the thread that waits
    Permit permit(BooleanSupplier stopped) {
        return new Permit(stopped);
    }

    private boolean take(long needed) {
        while (true) {
            long now = free.get();
            if ((now & ANY_MASK) == 0 || (needed >= VIRTUAL && now < VIRTUAL)) {
                return false;
            }
            if (free.compareAndSet(now, now - needed)) {
                return true;
            }
        }
    }

    private void grantToWaiting() {
        lock.lock();
        try {
            grant();
        } finally {
            lock.unlock();
        }
    }

    /// Gives what is free to those who came first and can have it. Under the lock.
    private void grant() {
        Permit next = firstThatMay();
        while (next != null && take(next.needed)) {
            next.queue().removeFirst();
            count();
            next.held = next.needed;
            next.granted = true;
            if (!Thread.currentThread().equals(next.thread)) {
                LockSupport.unpark(next.thread);
            }
            next = firstThatMay();
        }
    }

    private void count() {
        waiting = platformQueue.size() + virtualQueue.size();
    }

    private @Nullable Permit firstThatMay() {
        Permit onPlatform = platformQueue.peekFirst();
        Permit onVirtual = free.get() < VIRTUAL ? null : virtualQueue.peekFirst();
        if (onPlatform == null || onVirtual == null) {
            return onPlatform == null ? onVirtual : onPlatform;
        }
        return onPlatform.arrival < onVirtual.arrival ? onPlatform : onVirtual;
    }
}
