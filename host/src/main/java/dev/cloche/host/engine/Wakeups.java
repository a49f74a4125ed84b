package dev.cloche.host.engine;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Wakes guests that wait for a timer or their deadline. One platform thread, which only hands work on.
public final class Wakeups implements AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;

    public Wakeups() {
        executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("cloche-wakeups").daemon().factory());
        executor.setRemoveOnCancelPolicy(true);
    }

    /// Runs a short task that does not block, once, after the delay.
    ///
    /// @throws RejectedExecutionException after [#close]
    public Future<?> after(long delayNanos, Runnable task) {
        return executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
