package dev.cloche.host.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The host's own threads for guests: platform threads `guest-N` with a stack that QuickJS's recursion fits in. A
/// script that waits holds none of them.
///
/// A task goes to the thread that went idle last: its core still has the guest's code and data near.
public final class GuestThreads implements Executor, AutoCloseable {
    /// Virtual threads cannot be given a stack size, and split or deep script code needs more than the default. It is
    /// enough for QuickJS to find its own stack full first, also where the JVM still interprets: then a script can
    /// catch the error. Only what is touched takes memory.
    public static final long STACK_BYTES = 16L << 20;

    /// Work beyond this many running guests waits its turn.
    public static final int THREADS_MAX = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

    private static final Logger LOG = LoggerFactory.getLogger(GuestThreads.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// Wake-ups without a task after which a thread ends: the first may have been meant for an earlier task.
    private static final int WAKE_UPS_MAX = 2;

    /*
     * INVARIANT: a task waits only while all threads are busy: whoever goes idle takes a waiting one first.
     *
     * A worker is idle from when it puts itself on the stack until whoever takes it off has set its task. It takes
     * itself off when it has been idle for too long, or when the executor closes.
     */
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Worker> idle = new ArrayDeque<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int threads;
    private long names;
    private volatile boolean closed;

    /// Runs the task on a guest thread.
    ///
    /// @throws RejectedExecutionException after [#close]
    @Override
    public void execute(Runnable task) {
        Worker woken = null;
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("the guest threads are closed");
            }
            woken = idle.pollLast();
            if (woken != null) {
                woken.task = task;
            } else if (threads < THREADS_MAX) {
                start(task);
            } else {
                waiting.add(task);
            }
        } finally {
            lock.unlock();
        }
        if (woken != null) {
            LockSupport.unpark(woken.thread);
        }
    }

    private void start(Runnable first) {
        var worker = new Worker();
        worker.task = first;
        worker.thread = Thread.ofPlatform()
                .name("guest-" + names)
                .daemon()
                .stackSize(STACK_BYTES)
                .unstarted(worker::work);
        worker.thread.start();
        threads++;
        names++;
    }

    private final class Worker {
        /// Set before the thread is started; then only read.
        private @Nullable Thread thread;

        /// Set under the lock by whoever has taken the worker off the stack; taken by the worker.
        private volatile @Nullable Runnable task;

        void work() {
            Runnable next = task;
            while (next != null) {
                task = null;
                run(next);
                next = next();
            }
        }

        private void run(Runnable guest) {
            try {
                guest.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a guest's task ended in an exception", e);
            }
            // An interrupt was meant for the guest that has ended.
            boolean _ = Thread.interrupted();
        }

        /// The next task, waited for; null to end.
        private @Nullable Runnable next() {
            lock.lock();
            try {
                Runnable waited = waiting.poll();
                if (waited != null) {
                    return waited;
                }
                if (closed) {
                    threads--;
                    return null;
                }
                idle.addLast(this);
            } finally {
                lock.unlock();
            }
            return await();
        }

        private @Nullable Runnable await() {
            // A permit may be left over from a task that was seen before its wake-up came.
            for (int woken = 0; woken < WAKE_UPS_MAX && !closed; woken++) {
                LockSupport.parkNanos(this, IDLE_NANOS);
                Runnable given = task;
                if (given != null) {
                    return given;
                }
            }
            leave();
            return task;
        }

        /// Takes the worker off the stack, unless somebody has, who has a task for it then.
        private void leave() {
            lock.lock();
            try {
                if (idle.remove(this)) {
                    threads--;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Takes no more tasks; those under way and those that wait end by their own deadlines.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            idle.forEach(worker -> LockSupport.unpark(worker.thread));
        } finally {
            lock.unlock();
        }
    }
}
