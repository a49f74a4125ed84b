package dev.cloche.host.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The two threads of a host that maintain its pools. One retires isolates and wakes waiters, a step every [#PERIOD];
/// the other makes isolates for pools that have fewer than they keep ready, since making one can take long. Safe for
/// use by many threads.
public final class PoolMaintenance implements AutoCloseable {
    /// The time between two steps.
    public static final Duration PERIOD = Duration.ofSeconds(1);

    /// The stack of the thread that makes isolates, in bytes: it initialises them, and a script engine needs this much.
    static final long STACK_BYTES = 4L << 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(PoolMaintenance.class);

    private final Set<IsolatePool> pools = ConcurrentHashMap.newKeySet();

    /// Those that the maker is to look at and has not looked at yet.
    private final Set<IsolatePool> shorts = ConcurrentHashMap.newKeySet();

    private final ScheduledExecutorService reaper;
    private final ScheduledExecutorService maker;

    private PoolMaintenance(ScheduledExecutorService reaper, ScheduledExecutorService maker) {
        this.reaper = reaper;
        this.maker = maker;
    }

    /// Starts daemon threads that work until [#close].
    public static PoolMaintenance start() {
        return start(thread("cloche-pools", 0), thread("cloche-pools-make", STACK_BYTES));
    }

    private static ScheduledExecutorService thread(String name, long stackBytes) {
        return Executors.newSingleThreadScheduledExecutor(task ->
                Thread.ofPlatform().name(name).daemon().stackSize(stackBytes).unstarted(task));
    }

    static PoolMaintenance start(ScheduledExecutorService reaper, ScheduledExecutorService maker) {
        PoolMaintenance maintenance = new PoolMaintenance(reaper, maker);
        var _ = reaper.scheduleWithFixedDelay(
                maintenance::step, PERIOD.toNanos(), PERIOD.toNanos(), TimeUnit.NANOSECONDS);
        return maintenance;
    }

    /// Maintains the pool from now on, until it is closed.
    public void add(IsolatePool pool) {
        pools.add(Objects.requireNonNull(pool, "pool"));
        pool.whenShort(() -> replenishSoon(pool));
        replenishSoon(pool);
    }

    /// The maker's thread is not even started for pools that keep none ready.
    private void replenishSoon(IsolatePool pool) {
        if (pool.isShort() && shorts.add(pool)) {
            try {
                maker.execute(() -> replenish(pool));
            } catch (RejectedExecutionException _) {
                // The host is closing.
                shorts.remove(pool);
            }
        }
    }

    /// One isolate a turn, so that other pools have theirs.
    private void replenish(IsolatePool pool) {
        shorts.remove(pool);
        try {
            if (pool.replenish()) {
                replenishSoon(pool);
            }
        } catch (RuntimeException | Error e) {
            LOGGER.warn("{}: an isolate could not be made ahead", pool.name(), e);
        }
    }

    /// Maintains all pools once and forgets those that are closed.
    ///
    /// @return what they dealt with
    int step() {
        pools.removeIf(IsolatePool::closed);
        return pools.stream().mapToInt(this::maintain).sum();
    }

    /// A pool that fails must not end the maintenance of the others, nor its own.
    private int maintain(IsolatePool pool) {
        try {
            int done = pool.maintain();
            replenishSoon(pool);
            return done;
        } catch (RuntimeException | Error e) {
            LOGGER.warn("{}: the pool could not be maintained", pool.name(), e);
            return 0;
        }
    }

    /// Ends the threads after what they are doing. Does not wait for it, and closes no pool. Idempotent.
    @Override
    public void close() {
        reaper.shutdown();
        maker.shutdown();
    }
}
