package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.IsolateFactory;
import dev.cloche.host.pool.Waiter.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
     * An isolate takes up one place of `max` from before it is made until after it is closed:
     *
     *     creating -> leased <-> idle
     *                    \        /
     *                     closing -> (place is free)
     *
     * INVARIANT: idle + leased + creating + closing <= max.
     * INVARIANT: while the pool is open, nobody sleeps for longer than a second look takes while an isolate is idle or
     * a place is free.
     *
     * Between leased and idle an isolate goes without the lock, by its own state (see Places). All else is guarded by
     * the lock, under which nothing foreign is called but the clock and the random generator: isolates are made, asked
     * and closed outside.
     *
     * The two sides meet over one word, `alert`. Who gives back makes the isolate idle and then looks at the word;
     * who is about to wait, or shuts the pool, sets the word first and looks for idle isolates then. A processor may
     * let the first of them look before others see the isolate idle; so who waits or drains looks again a little later,
     * long after it must be seen, and whoever maintains the pool does so too. That costs those who wait a wake-up, and
     * spares all others a barrier.
     *
     * The second invariant holds because whoever frees something books it to the first waiter in the same critical
     * section: an isolate goes from hand to hand, a place becomes that waiter's right to create. A waiter that is
     * interrupted or late at that very moment finds the grant when it has the lock again; it keeps an isolate and
     * passes a place on, so neither is ever lost.
     */
    /// When a waiter looks for idle isolates once more. Who gave one back just before does not see that somebody waits,
    /// and the waiter may not see the isolate yet: it does a moment later, and this is long after that.
    private static final long SECOND_LOOK_NANOS = 1_000_000;

    private static final int WAITERS = 1;
    private static final int SHUT = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final Places places = new Places();
    private final Waiters waiters = new Waiters();
    private final PoolCounters counters = new PoolCounters();
    private int creating;
    private int closing;
    private Phase phase = Phase.OPEN;
    private long replenishAtNanos;

    /// What whoever comes or goes has to ask the lock for. Written under the lock.
    private volatile int alert;

    private final String name;
    private final PoolSettings settings;
    private final IsolateFactory factory;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final long acquireTimeoutNanos;
    private final Retirement retirement;
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
        this.retirement = new Retirement(name, settings, counters);
        this.maxAgeNanos = settings.maxAge().toNanos();
        this.replenishAtNanos = clock.getAsLong();
    }

    public String name() {
        return name;
    }

    /// Gives out an isolate that is idle, or makes one on the calling thread, or waits for one. Of those that are idle
    /// a
    /// thread gets the one it gave back last, if it can, or else the one that went idle last.
    ///
    /// The wait ends at the deadline or after the pool's `acquire-timeout`, whichever is earlier; making an isolate may
    /// take until the deadline.
    ///
    /// @param deadlineNanos on the pool's clock
    public Acquisition acquire(long deadlineNanos) {
        Thread thread = Thread.currentThread();
        if (alert == 0) {
            PooledIsolate idle = places.claim(thread);
            if (idle != null) {
                if ((alert & SHUT) == 0) {
                    idle.lend(thread, deadlineNanos);
                    return leaseOf(idle, thread);
                }
                rest(idle, thread);
            }
        }
        return switch (admit(thread, deadlineNanos)) {
            case Grant.Ready(PooledIsolate pooled) -> leaseOf(pooled, thread);
            case Grant.Slot() -> create(thread, deadlineNanos);
            case Grant.Refused(Acquisition.Rejected rejected) -> rejected;
        };
    }

    private Acquisition.Acquired leaseOf(PooledIsolate lent, Thread thread) {
        return new Acquisition.Acquired(new Lease(this, lent, thread));
    }

    /// Does what is due: retires isolates that are idle for too long or too old, makes one isolate if there are fewer
    /// than `min`, and wakes waiters whose time is over. To be called every now and then, by one thread at a time.
    ///
    /// @return how many isolates and waiters it dealt with
    public int maintain() {
        List<PooledIsolate> due;
        List<String> findings;
        int late;
        lock.lock();
        try {
            long now = clock.getAsLong();
            late = waiters.nudgeLate(now);
            due = phase == Phase.OPEN ? takeDue(now) : takeIdle();
            findings = retirement.takeFindings();
        } finally {
            lock.unlock();
        }
        findings.forEach(LOGGER::warn);
        due.forEach(this::discard);
        return late + due.size() + replenish();
    }

    /// Gives no more leases, refuses those who wait, closes what is idle, and waits for what is in use.
    ///
    /// @return whether everything came back by the deadline; false also if the thread was interrupted, its flag is set
    public boolean drain(long deadlineNanos) {
        shut(Phase.DRAINING);
        try {
            if (awaitEmpty(Math.min(deadlineNanos - clock.getAsLong(), SECOND_LOOK_NANOS))) {
                return true;
            }
            // What was given back just as the pool was shut.
            sweep();
            return awaitEmpty(deadlineNanos - clock.getAsLong());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean awaitEmpty(long nanosMax) throws InterruptedException {
        long deadlineNanos = clock.getAsLong() + nanosMax;
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
        } finally {
            lock.unlock();
        }
    }

    private void sweep() {
        List<PooledIsolate> idle;
        lock.lock();
        try {
            idle = takeIdle();
        } finally {
            lock.unlock();
        }
        idle.forEach(this::discard);
    }

    /// Refuses everybody from now on and closes what is idle. Does not wait: what is in use is closed when its
    /// lease is. Idempotent.
    @Override
    public void close() {
        shut(Phase.CLOSED);
    }

    /// Whether [#close] was called and everything is closed.
    public boolean closed() {
        lock.lock();
        try {
            return phase == Phase.CLOSED && occupied() == 0;
        } finally {
            lock.unlock();
        }
    }

    public PoolStats stats() {
        lock.lock();
        try {
            int leased = places.count(PooledIsolate::leased);
            int idle = places.size() - leased;
            return counters.snapshot(idle, leased, creating, closing, waiters.size(), places.uses());
        } finally {
            lock.unlock();
        }
    }

    /// Takes an isolate back. Called once a lease, by its owner.
    void release(PooledIsolate pooled, @Nullable RetireReason asked) {
        RetireReason reason = verdict(pooled, asked);
        if (reason == null) {
            rest(pooled, Thread.currentThread());
            return;
        }
        lock.lock();
        try {
            if (!pooled.takeLeased()) {
                return;
            }
            retire(pooled, reason);
        } finally {
            lock.unlock();
        }
        discard(pooled);
    }

    private void rest(PooledIsolate pooled, Thread thread) {
        places.rest(pooled, thread);
        if (alert != 0) {
            settle();
        }
    }

    /// Sees to what rests now and ought not to: there are waiters, or the pool is shut.
    private void settle() {
        lock.lock();
        try {
            if (phase == Phase.OPEN) {
                serve();
                return;
            }
        } finally {
            lock.unlock();
        }
        sweep();
    }

    private @Nullable RetireReason verdict(PooledIsolate pooled, @Nullable RetireReason asked) {
        try {
            return pooled.afterLease(asked);
        } catch (RuntimeException e) {
            LOGGER.warn("{}: an isolate could not be asked how it is and is retired", name, e);
            return RetireReason.TRAP;
        }
    }

    private Grant admit(Thread thread, long deadlineNanos) {
        lock.lock();
        try {
            if (phase != Phase.OPEN) {
                return new Grant.Refused(refuse(phase.reason()));
            }
            serve();
            if (waiters.isEmpty()) {
                // From now on whoever gives one back asks for the lock; what was given back before is idle.
                alert |= WAITERS;
                PooledIsolate idle = places.claim(thread);
                boolean room = occupied() < settings.max();
                if (idle != null || room) {
                    calm();
                }
                if (idle != null) {
                    idle.lend(thread, deadlineNanos);
                    return new Grant.Ready(idle);
                }
                if (room) {
                    creating++;
                    return Grant.Slot.INSTANCE;
                }
            }
            return waiters.size() < WAITERS_MAX
                    ? await(thread, deadlineNanos)
                    : new Grant.Refused(refuse(Acquisition.Reason.QUEUE_FULL));
        } finally {
            lock.unlock();
        }
    }

    private Grant await(Thread thread, long deadlineNanos) {
        long now = clock.getAsLong();
        long limit = now + Math.min(deadlineNanos - now, acquireTimeoutNanos);
        Waiter waiter = new Waiter(lock.newCondition(), thread, deadlineNanos, limit);
        waiters.addLast(waiter);
        try {
            waiter.await(clock, SECOND_LOOK_NANOS);
            serve();
            waiter.await(clock, Long.MAX_VALUE);
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
            calm();
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
    private Acquisition create(Thread thread, long deadlineNanos) {
        if (deadlineNanos - clock.getAsLong() <= 0) {
            return abandonPlace();
        }
        return switch (make(deadlineNanos)) {
            case Creation.Made made -> adopt(made, thread, deadlineNanos);
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

    private Acquisition adopt(Creation.Made made, Thread thread, long deadlineNanos) {
        PooledIsolate pooled;
        Acquisition.Rejected rejected;
        lock.lock();
        try {
            pooled = enter(made);
            if (phase == Phase.OPEN) {
                pooled.lend(thread, deadlineNanos);
                return leaseOf(pooled, thread);
            }
            rejected = refuse(phase.reason());
            retire(pooled, RetireReason.CLOSE);
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
            creation = Creation.by(factory, name, deadlineNanos);
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
            if (!(creation instanceof Creation.Made made)) {
                replenishAtNanos = clock.getAsLong() + REPLENISH_PAUSE.toNanos();
                return false;
            }
            pooled = enter(made);
            if (phase == Phase.OPEN) {
                places.stamp(pooled);
                pooled.rest();
                serve();
                return true;
            }
            retire(pooled, RetireReason.CLOSE);
        } finally {
            lock.unlock();
        }
        discard(pooled);
        return false;
    }

    private void shut(Phase to) {
        lock.lock();
        try {
            if (phase.compareTo(to) >= 0) {
                return;
            }
            phase = to;
            // From now on whoever gives one back asks for the lock; what was given back before is idle.
            alert |= SHUT;
            while (!waiters.isEmpty()) {
                waiters.removeFirst().grant(new Grant.Refused(refuse(to.reason())));
            }
            calm();
        } finally {
            lock.unlock();
        }
        sweep();
    }

    /// Takes out what is idle in a pool that is shut.
    private List<PooledIsolate> takeIdle() {
        List<PooledIsolate> taken = new ArrayList<>();
        for (PooledIsolate each : places.all()) {
            if (each.take()) {
                retire(each, RetireReason.CLOSE);
                taken.add(each);
            }
        }
        return taken;
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
        return places.size() + creating + closing;
    }

    /// Those who come and go need not ask for the lock on account of waiters any more, if there are none.
    private void calm() {
        if (waiters.isEmpty()) {
            alert &= ~WAITERS;
        }
    }

    /// Hands what is idle to those who wait, in order of arrival.
    private void serve() {
        while (!waiters.isEmpty()) {
            PooledIsolate idle = places.claim(Thread.currentThread());
            if (idle == null) {
                return;
            }
            waiters.removeFirst().grant(idle);
        }
        calm();
    }

    private PooledIsolate enter(Creation.Made made) {
        creating--;
        counters.created();
        long jitter = (long) (maxAgeNanos * AGE_JITTER * random.nextDouble());
        PooledIsolate pooled = new PooledIsolate(made, clock.getAsLong() + maxAgeNanos - jitter, settings);
        places.add(pooled);
        return pooled;
    }

    private void placeFreed() {
        if (phase != Phase.OPEN) {
            quiet.signalAll();
        } else if (!waiters.isEmpty()) {
            creating++;
            waiters.removeFirst().grant(Grant.Slot.INSTANCE);
            calm();
        }
    }

    /// Takes an isolate out that was taken from whoever had it.
    private void retire(PooledIsolate taken, RetireReason reason) {
        places.remove(taken);
        closing++;
        counters.retired(reason, taken.uses());
    }

    private Acquisition.Rejected refuse(Acquisition.Reason reason) {
        counters.rejected(reason);
        String message = reason.text() + ", pool=" + name + " max=" + settings.max();
        return new Acquisition.Rejected(reason, message, null);
    }

    private List<PooledIsolate> takeDue(long now) {
        List<PooledIsolate> due = new ArrayList<>();
        for (PooledIsolate each : places.oldestFirst()) {
            RetireReason reason = retirement.reason(each, places.size() + creating, now);
            if (reason != null && (reason == RetireReason.LEAK ? each.takeLeased() : each.take())) {
                retire(each, reason);
                due.add(each);
            }
        }
        return due;
    }
}
