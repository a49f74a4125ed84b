package dev.cloche.host.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The host's own threads for guests: platform threads `guest-N` with a stack that QuickJS's recursion fits in. A
/// script that waits holds none of them.
public final class GuestThreads implements Executor, AutoCloseable {
    /// Virtual threads cannot be given a stack size, and split or deep script code needs more than the default.
    public static final long STACK_BYTES = 4L << 20;

    /// Work beyond this many running guests waits its turn.
    public static final int THREADS_MAX = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor executor;

    public GuestThreads() {
        ThreadFactory factory = Thread.ofPlatform()
                .name("guest-", 0)
                .daemon()
                .stackSize(STACK_BYTES)
                .factory();
        this.executor = new ThreadPoolExecutor(
                THREADS_MAX, THREADS_MAX, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        executor.allowCoreThreadTimeOut(true);
    }

    /// Runs the task on a guest thread.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException after [#close]
    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /// Takes no more tasks; those under way end by their own deadlines.
    @Override
    public void close() {
        executor.shutdown();
    }
}
