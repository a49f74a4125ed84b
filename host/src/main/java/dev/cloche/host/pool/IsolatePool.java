package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.IsolateCreationException;
import dev.cloche.host.engine.IsolateFactory;
import dev.cloche.host.pool.Waiter.Grant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bounded set of isolates of one extension, given out as leases. Safe for use by many threads.
///
/// Callers that find neither an idle isolate nor room for another one wait, and are served in order of arrival.
public final class IsolatePool implements AutoCloseable {
    /// Callers that may wait at the same time.
    public static final int WAITERS_MAX = 10_000;

    /// How long [#maintain] gives the making of one isolate.
    static final Duration REPLENISH_LIMIT = Duration.ofSeconds(10);

    /// How long [#maintain] makes no isolates after it could not make one.
    static final Duration REPLENISH_PAUSE = Duration.ofSeconds(10);

    /// The part of `max-age` by which isolates differ, so that those made together do not go together.
    static final double AGE_JITTER = 0.1;

    private static final Logger LOGGER = LoggerFactory.getLogger(IsolatePool.class);

    /*
     * One lock guards all the fields below. Nothing foreign is called under it but the clock and the random generator:
     * isolates are made, asked and closed outside.
     *
     * An isolate takes up one place of `max` from before it is made until after it is closed:
     *
     *     creating -> inUse <-> idle
     *                   \        /
     *                    closing -> (place is free)
     *
     * INVARIANT: idle + inUse + creating + closing <= max.
     * INVARIANT: while the pool is open, somebody waits only if all places are taken and none is idle.
     *
     * The second one holds because whoever frees something books it to the first waiter in the same critical section:
     * an isolate given back goes from hand to hand, a place becomes that waiter's right to create. A waiter that is
     * interrupted or late at that very moment finds the grant when it has the lock again; it keeps an isolate and
     * passes a place on, so neither is ever lost.
     */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final Deque<PooledIsolate> idle = new ArrayDeque<>();
    private final SequencedSet<Waiter> waiters = new LinkedHashSet<>();
    private final PoolCounters counters = new PoolCounters();
    private int inUse;
    private int creating;
    private int closing;
    private Phase phase = Phase.OPEN;
    private long replenishAtNanos;

    private final String name;
    private final PoolSettings settings;
    private final IsolateFactory factory;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final long acquireTimeoutNanos;
    private final long maxIdleNanos;
    private final long maxAgeNanos;

    /// An empty pool.
    ///
    /// @param name what messages call it: the extension's id
    /// @param clock monotonic nanoseconds, the same clock as that of all deadlines
    /// @param random for the jitter of ages; used under the pool's lock only
    public IsolatePool(
            String name, PoolSettings settings, IsolateFactory factory, LongSupplier clock, RandomGenerator random) {
        this.name = Objects.requireNonNull(name, "name");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.factory = Objects.requireNonNull(factory, "factory");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.random = Objects.requireNonNull(random, "random");
        this.acquireTimeoutNanos = settings.acquireTimeout().toNanos();
        this.maxIdleNanos = settings.maxIdle().toNanos();
        this.maxAgeNanos = settings.maxAge().toNanos();
        this.replenishAtNanos = clock.getAsLong();
    }

    public String name() {
        return name;
    }

    /// Gives out the isolate that went idle last, or makes one on the calling thread, or waits for one.
    ///
    /// The wait ends at the deadline or after the pool's `acquire-timeout`, whichever is earlier; making an isolate may
    /// take until the deadline.
    ///
    /// @param deadlineNanos on the pool's clock
    public Acquisition acquire(long deadlineNanos) {
        return switch (admit(deadlineNanos)) {
            case Grant.Ready(PooledIsolate pooled) -> new Acquisition.Acquired(new Lease(this, pooled));
            case Grant.Slot() -> create(deadlineNanos);
            case Grant.Refused(Acquisition.Rejected rejected) -> rejected;
        };
    }

    /// Does what is due: retires isolates that are idle for too long or too old, makes one isolate if there are fewer
    /// than `min`, and wakes waiters whose time is over. To be called every now and then, by one thread at a time.
    ///
    /// @return how many isolates and waiters it dealt with
    public int maintain() {
        List<PooledIsolate> due;
        int late;
        lock.lock();
        try {
            long now = clock.getAsLong();
            late = nudgeLateWaiters(now);
            due = takeDueIdle(now);
        } finally {
            lock.unlock();
        }
        due.forEach(this::discard);
        return late + due.size() + replenish();
    }

    /// Gives no more leases, refuses those who wait, closes what is idle, and waits for what is in use.
    ///
    /// @return whether everything came back by the deadline; false also if the thread was interrupted, its flag is set
    public boolean drain(long deadlineNanos) {
        shut(Phase.DRAINING);
        lock.lock();
        try {
            while (occupied() > 0) {
                long remaining = deadlineNanos - clock.getAsLong();
                if (remaining <= 0) {
                    return false;
                }
                long _ = quiet.awaitNanos(remaining);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Refuses everybody from now on and closes what is idle. Does not wait: what is in use is closed when its
    /// lease is. Idempotent.
    @Override
    public void close() {
        shut(Phase.CLOSED);
    }

    /// Whether [#close] was called.
    public boolean closed() {
        lock.lock();
        try {
            return phase == Phase.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    public PoolStats stats() {
        lock.lock();
        try {
            int live = idle.size() + inUse + closing;
            return counters.snapshot(live, idle.size(), inUse, creating, waiters.size());
        } finally {
            lock.unlock();
        }
    }

    /// Takes an isolate back. Called once a lease.
    void release(PooledIsolate pooled, @Nullable RetireReason asked) {
        RetireReason reason = verdict(pooled, asked);
        lock.lock();
        try {
            inUse--;
            if (reason == null && phase == Phase.OPEN) {
                handOn(pooled);
                return;
            }
            retire(reason == null ? RetireReason.CLOSE : reason);
        } finally {
            lock.unlock();
        }
        discard(pooled);
    }

    private @Nullable RetireReason verdict(PooledIsolate pooled, @Nullable RetireReason asked) {
        try {
            return pooled.afterLease(asked, settings, clock.getAsLong());
        } catch (RuntimeException e) {
            LOGGER.warn("{}: an isolate could not be asked how it is and is retired", name, e);
            return RetireReason.TRAP;
        }
    }

    private Grant admit(long deadlineNanos) {
        lock.lock();
        try {
            if (phase != Phase.OPEN) {
                return new Grant.Refused(refuse(phase.reason()));
            }
            PooledIsolate newest = idle.pollLast();
            if (newest != null) {
                return lend(newest);
            }
            if (occupied() < settings.max()) {
                creating++;
                return Grant.Slot.INSTANCE;
            }
            return waiters.size() < WAITERS_MAX
                    ? await(deadlineNanos)
                    : new Grant.Refused(refuse(Acquisition.Reason.QUEUE_FULL));
        } finally {
            lock.unlock();
        }
    }

    private Grant await(long deadlineNanos) {
        long now = clock.getAsLong();
        Waiter waiter = new Waiter(lock.newCondition(), now + Math.min(deadlineNanos - now, acquireTimeoutNanos));
        waiters.addLast(waiter);
        try {
            waiter.await(clock);
            return settle(waiter, Acquisition.Reason.TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return settle(waiter, Acquisition.Reason.INTERRUPTED);
        }
    }

    /// Ends a wait. An isolate granted is taken even by a caller that was interrupted: its call sees the flag itself.
    private Grant settle(Waiter waiter, Acquisition.Reason otherwise) {
        Grant grant = waiter.grant();
        if (grant == null) {
            waiters.remove(waiter);
            return new Grant.Refused(refuse(otherwise));
        }
        if (grant instanceof Grant.Slot && otherwise == Acquisition.Reason.INTERRUPTED) {
            creating--;
            placeFreed();
            return new Grant.Refused(refuse(otherwise));
        }
        return grant;
    }

    /// Makes an isolate for the calling thread, which holds a place for it.
    private Acquisition create(long deadlineNanos) {
        if (deadlineNanos - clock.getAsLong() <= 0) {
            return abandonPlace();
        }
        return switch (make(deadlineNanos)) {
            case Creation.Made(Isolate isolate) -> adopt(isolate);
            case Creation.Failed(Reply cause) -> refuseFor(cause);
        };
    }

    private Acquisition abandonPlace() {
        lock.lock();
        try {
            creating--;
            placeFreed();
            return refuse(Acquisition.Reason.TIMEOUT);
        } finally {
            lock.unlock();
        }
    }

    private Acquisition refuseFor(Reply cause) {
        lock.lock();
        try {
            counters.rejected(Acquisition.Reason.CREATION_FAILED);
        } finally {
            lock.unlock();
        }
        return new Acquisition.Rejected(
                Acquisition.Reason.CREATION_FAILED, "no isolate could be made, pool=" + name, cause);
    }

    private Acquisition adopt(Isolate isolate) {
        PooledIsolate pooled;
        Acquisition.Rejected rejected;
        lock.lock();
        try {
            pooled = enter(isolate);
            if (phase == Phase.OPEN) {
                return new Acquisition.Acquired(new Lease(this, lend(pooled).pooled()));
            }
            rejected = refuse(phase.reason());
            retire(RetireReason.CLOSE);
        } finally {
            lock.unlock();
        }
        discard(pooled);
        return rejected;
    }

    /// Calls the factory. Where it fails, in whatever way, the place is freed.
    private Creation make(long deadlineNanos) {
        Creation creation = null;
        try {
            creation = new Creation.Made(factory.create(deadlineNanos));
        } catch (IsolateCreationException e) {
            creation = new Creation.Failed(e.reply());
        } catch (RuntimeException e) {
            LOGGER.warn("{}: making an isolate ended in an exception", name, e);
            String message = "making an isolate failed, cause=" + e;
            creation = new Creation.Failed(new Reply.Trapped(TrapKind.ENGINE, message, ""));
        } finally {
            if (!(creation instanceof Creation.Made)) {
                creationFailed();
            }
        }
        return creation;
    }

    private void creationFailed() {
        lock.lock();
        try {
            creating--;
            counters.creationFailed();
            placeFreed();
        } finally {
            lock.unlock();
        }
    }

    /// Makes isolates until there are as many as `prewarm` says, on the calling thread. To be called once, before the
    /// first lease.
    ///
    /// @param deadlineNanos when to leave it at those there are
    /// @return how many it made
    public int prewarm(long deadlineNanos) {
        int made = 0;
        while (deadlineNanos - clock.getAsLong() > 0 && reserve(settings.prewarm()) && stock(make(deadlineNanos))) {
            made++;
        }
        return made;
    }

    // One at a time: the thread that maintains this pool has others waiting, and making one can take long.
    private int replenish() {
        return reserve(settings.min()) && stock(make(clock.getAsLong() + REPLENISH_LIMIT.toNanos())) ? 1 : 0;
    }

    /// Takes a place for an isolate that nobody has asked for, if there are fewer than wanted.
    private boolean reserve(int wanted) {
        lock.lock();
        try {
            boolean due = phase == Phase.OPEN && occupied() < wanted && clock.getAsLong() - replenishAtNanos >= 0;
            creating += due ? 1 : 0;
            return due;
        } finally {
            lock.unlock();
        }
    }

    private boolean stock(Creation creation) {
        PooledIsolate pooled;
        lock.lock();
        try {
            if (!(creation instanceof Creation.Made(Isolate isolate))) {
                replenishAtNanos = clock.getAsLong() + REPLENISH_PAUSE.toNanos();
                return false;
            }
            pooled = enter(isolate);
            if (phase == Phase.OPEN) {
                handOn(pooled);
                return true;
            }
            retire(RetireReason.CLOSE);
        } finally {
            lock.unlock();
        }
        discard(pooled);
        return false;
    }

    private void shut(Phase to) {
        List<PooledIsolate> discarded = new ArrayList<>();
        lock.lock();
        try {
            if (phase.compareTo(to) >= 0) {
                return;
            }
            phase = to;
            while (!waiters.isEmpty()) {
                waiters.removeFirst().grant(new Grant.Refused(refuse(to.reason())));
            }
            while (!idle.isEmpty()) {
                retire(RetireReason.CLOSE);
                discarded.add(idle.removeFirst());
            }
        } finally {
            lock.unlock();
        }
        discarded.forEach(this::discard);
    }

    /// Closes an isolate that was [#retire]d and frees its place.
    private void discard(PooledIsolate pooled) {
        try {
            pooled.isolate().close();
        } catch (RuntimeException e) {
            LOGGER.warn("{}: an isolate could not be closed", name, e);
        } finally {
            lock.lock();
            try {
                closing--;
                placeFreed();
            } finally {
                lock.unlock();
            }
        }
    }

    /* From here on the caller holds the lock. */

    private int occupied() {
        return idle.size() + inUse + creating + closing;
    }

    private Grant.Ready lend(PooledIsolate pooled) {
        inUse++;
        counters.acquired();
        return new Grant.Ready(pooled);
    }

    private PooledIsolate enter(Isolate isolate) {
        creating--;
        counters.created();
        long jitter = (long) (maxAgeNanos * AGE_JITTER * random.nextDouble());
        return new PooledIsolate(isolate, clock.getAsLong() + maxAgeNanos - jitter);
    }

    private void handOn(PooledIsolate pooled) {
        if (waiters.isEmpty()) {
            pooled.idleSince(clock.getAsLong());
            idle.addLast(pooled);
        } else {
            waiters.removeFirst().grant(lend(pooled));
        }
    }

    private void placeFreed() {
        if (phase != Phase.OPEN) {
            quiet.signalAll();
        } else if (!waiters.isEmpty()) {
            creating++;
            waiters.removeFirst().grant(Grant.Slot.INSTANCE);
        }
    }

    private void retire(RetireReason reason) {
        closing++;
        counters.retired(reason);
    }

    private Acquisition.Rejected refuse(Acquisition.Reason reason) {
        counters.rejected(reason);
        return new Acquisition.Rejected(reason, message(reason), null);
    }

    private String message(Acquisition.Reason reason) {
        String what = switch (reason) {
            case TIMEOUT -> "no isolate came free in time";
            case INTERRUPTED -> "the caller was interrupted while it waited for an isolate";
            case QUEUE_FULL -> "too many callers wait for an isolate, waiters-max=" + WAITERS_MAX;
            case DRAINING -> "no more calls are taken, those under way come to their end";
            case CLOSED -> "the extension's isolates are closed";
            case CREATION_FAILED -> "no isolate could be made";
        };
        return what + ", pool=" + name + " max=" + settings.max();
    }

    private int nudgeLateWaiters(long now) {
        int late = 0;
        for (Waiter waiter : waiters) {
            if (waiter.late(now)) {
                waiter.nudge();
                late++;
            }
        }
        return late;
    }

    private List<PooledIsolate> takeDueIdle(long now) {
        List<PooledIsolate> due = new ArrayList<>();
        Iterator<PooledIsolate> oldestFirst = idle.iterator();
        while (oldestFirst.hasNext()) {
            PooledIsolate pooled = oldestFirst.next();
            RetireReason reason = reasonWhileIdle(pooled, idle.size() + inUse + creating, now);
            if (reason != null) {
                oldestFirst.remove();
                retire(reason);
                due.add(pooled);
            }
        }
        return due;
    }

    private @Nullable RetireReason reasonWhileIdle(PooledIsolate pooled, int kept, long now) {
        if (pooled.aged(now)) {
            return RetireReason.AGE;
        }
        return kept > settings.min() && pooled.idleFor(maxIdleNanos, now) ? RetireReason.IDLE : null;
    }

    /// What [#make] comes to.
    private sealed interface Creation {
        record Made(Isolate isolate) implements Creation {}

        record Failed(Reply cause) implements Creation {}
    }

    private enum Phase {
        OPEN,
        DRAINING,
        CLOSED;

        /// Why nobody gets a lease any more.
        Acquisition.Reason reason() {
            return switch (this) {
                case OPEN -> throw new IllegalStateException("an open pool gives leases, phase=" + this);
                case DRAINING -> Acquisition.Reason.DRAINING;
                case CLOSED -> Acquisition.Reason.CLOSED;
            };
        }
    }
}
