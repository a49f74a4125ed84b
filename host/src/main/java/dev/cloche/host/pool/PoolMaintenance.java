package dev.cloche.host.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a host that maintains its pools, a step every [#PERIOD]. Safe for use by many threads.
public final class PoolMaintenance implements AutoCloseable {
    /// The time between two steps.
    public static final Duration PERIOD = Duration.ofSeconds(1);

    /// The stack of the thread, in bytes: it initialises isolates, and a script engine needs this much.
    static final long STACK_BYTES = 4L << 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(PoolMaintenance.class);

    private final Set<IsolatePool> pools = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread;

    private PoolMaintenance(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    /// Starts a daemon thread that steps until [#close].
    public static PoolMaintenance start() {
        return start(Executors.newSingleThreadScheduledExecutor(task -> Thread.ofPlatform()
                .name("cloche-pools")
                .daemon()
                .stackSize(STACK_BYTES)
                .unstarted(task)));
    }

    static PoolMaintenance start(ScheduledExecutorService thread) {
        PoolMaintenance maintenance = new PoolMaintenance(thread);
        var _ = thread.scheduleWithFixedDelay(
                maintenance::step, PERIOD.toNanos(), PERIOD.toNanos(), TimeUnit.NANOSECONDS);
        return maintenance;
    }

    /// Maintains the pool from the next step on, until it is closed.
    public void add(IsolatePool pool) {
        pools.add(Objects.requireNonNull(pool, "pool"));
    }

    /// Maintains all pools once and forgets those that are closed.
    ///
    /// @return what they dealt with
    int step() {
        pools.removeIf(IsolatePool::closed);
        return pools.stream().mapToInt(PoolMaintenance::maintain).sum();
    }

    /// A pool that fails must not end the maintenance of the others, nor its own.
    private static int maintain(IsolatePool pool) {
        try {
            return pool.maintain();
        } catch (RuntimeException | StackOverflowError e) {
            LOGGER.warn("{}: the pool could not be maintained", pool.name(), e);
            return 0;
        }
    }

    /// Ends the thread after the step under way. Does not wait for it, and closes no pool. Idempotent.
    @Override
    public void close() {
        thread.shutdown();
    }
}
