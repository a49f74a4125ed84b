package dev.cloche.host.reactor;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Virtual threads that carry out tasks, as many as there are tasks. One that is done waits a while for the next one
/// before it ends, and for a first moment without sleeping: to wake a thread takes longer than most tasks.
///
/// Safe for use by many threads. Tasks must not throw.
public final class ServiceThreads implements Executor, AutoCloseable {
    /// How many wait for tasks at the same time.
    private static final int IDLE_MAX = 64;

    /// How long one waits for a task.
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// How often one looks for a task before it sleeps, some 50 microseconds, if no other does so and there is a second
    /// processor: a script that awaits one hostcall after another asks again after some 25.
    private static final int LOOKS = 2_500;

    private static final Runnable GONE = new Gone();

    private final ThreadFactory factory;
    private final boolean spins;
    private final long keepAliveNanos;
    private final AtomicReference<@Nullable Worker> spinner = new AtomicReference<>();
    private final IdleStack idle = new IdleStack();
    private volatile boolean closed;

    /// @param processors how many the machine has
    public ServiceThreads(int processors) {
        this(processors, KEEP_ALIVE_NANOS);
    }

    /// @param keepAliveNanos how long one waits for a task
    ServiceThreads(int processors, long keepAliveNanos) {
        this.keepAliveNanos = keepAliveNanos;
        this.spins = processors > 1;
        this.factory = Thread.ofVirtual().name("cloche-hostcall-", 0).factory();
    }

    @Override
    public void execute(Runnable task) {
        for (Worker worker = idle.pop(); worker != null; worker = idle.pop()) {
            if (worker.give(task)) {
                return;
            }
        }
        factory.newThread(new Worker(task)).start();
    }

    /// Has those that wait end. Those at work end when they are done. Idempotent.
    @Override
    public void close() {
        closed = true;
        for (Worker worker = idle.pop(); worker != null; worker = idle.pop()) {
            var _ = worker.give(GONE);
        }
    }

    /// What a worker is given instead of a task when no more are to come.
    private static final class Gone implements Runnable {
        @Override
        public void run() {}
    }

    private final class Worker implements Runnable {
        private final AtomicReference<@Nullable Runnable> next;
        private @Nullable Thread thread;
        private volatile boolean asleep;

        Worker(Runnable first) {
            this.next = new AtomicReference<>(first);
        }

        boolean give(Runnable task) {
            if (!next.compareAndSet(null, task)) {
                return false;
            }
            if (asleep) {
                LockSupport.unpark(thread);
            }
            return true;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            for (Runnable task = next.get(); task != null && !(task instanceof Gone); task = await()) {
                task.run();
                next.set(null);
            }
        }

        /// The next task; [#GONE] if none came.
        private @Nullable Runnable await() {
            if (closed || !idle.push(this)) {
                return GONE;
            }
            Runnable task = spin();
            if (task == null) {
                task = sleep();
            }
            return task;
        }

        private @Nullable Runnable spin() {
            if (!spins || !spinner.compareAndSet(null, this)) {
                return next.get();
            }
            try {
                Runnable task = next.get();
                for (int looks = LOOKS; looks > 0 && task == null; looks--) {
                    Thread.onSpinWait();
                    task = next.get();
                }
                return task;
            } finally {
                spinner.set(null);
            }
        }

        private @Nullable Runnable sleep() {
            asleep = true;
            try {
                // Once: one that is woken for nothing ends, and whoever has a task makes another.
                if (next.get() == null && !closed) {
                    LockSupport.parkNanos(this, keepAliveNanos);
                }
                Runnable task = next.get();
                // Whoever finds it in the stack later finds that it is gone.
                return task == null && next.compareAndSet(null, GONE) ? GONE : next.get();
            } finally {
                asleep = false;
            }
        }
    }

    /// Those that wait, the one that came last on top.
    private static final class IdleStack {
        private final AtomicReference<@Nullable Node> top = new AtomicReference<>();
        private final AtomicInteger size = new AtomicInteger();

        private record Node(Worker worker, @Nullable Node below) {}

        boolean push(Worker worker) {
            if (size.incrementAndGet() > IDLE_MAX) {
                size.decrementAndGet();
                return false;
            }
            Node below = top.get();
            while (!top.compareAndSet(below, new Node(worker, below))) {
                below = top.get();
            }
            return true;
        }

        @Nullable
        Worker pop() {
            Node first = top.get();
            while (first != null && !top.compareAndSet(first, first.below)) {
                first = top.get();
            }
            if (first == null) {
                return null;
            }
            size.decrementAndGet();
            return first.worker;
        }
    }
}
