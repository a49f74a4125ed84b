package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.IsolateFactory;
import dev.cloche.host.frame.Lineage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bounded set of isolates of one extension, given out as leases. Safe for use by many threads.
///
/// Callers that find neither an idle isolate nor room for another one wait, and are served in order of arrival.
public final class IsolatePool implements AutoCloseable {
    /// Callers that may wait at the same time.
    public static final int WAITERS_MAX = 10_000;

    /// How long those that are still in use are waited for once a drain has stopped them.
    public static final Duration CANCEL_GRACE = Duration.ofSeconds(1);

    /// How long [#replenish] gives the making of one isolate.
    static final Duration REPLENISH_LIMIT = Duration.ofSeconds(10);

    /// How long [#replenish] makes no isolates after it could not make one.
    static final Duration REPLENISH_PAUSE = Duration.ofSeconds(10);

    private static final Logger LOGGER = LoggerFactory.getLogger(IsolatePool.class);

    /// When a waiter looks for idle isolates once more. Who gave one back just before does not see that somebody waits,
    /// and the waiter may not see the isolate yet: it does a moment later, and this is long after that.
    private static final long SECOND_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /*
     * Between leased and idle an isolate goes without the lock, by its own state (see Places). All else is guarded by
     * the lock: isolates are made, asked and closed outside of it. The two sides meet over one word, `alert`: see
     * docs/synchronization.md.
     */
    private final ReentrantLock lock = new ReentrantLock();
    private final Places places = new Places();
    private final PoolState state;

    private final String name;
    private final PoolSettings settings;
    private final PoolContext context;
    private final HostIsolates host;
    private final IsolateFactory factory;
    private final boolean leakStacks;
    private long replenishAtNanos;
    private volatile Runnable whenShort = () -> {};

    /// An empty pool.
    ///
    /// @param name what messages call it: the extension's id
    public IsolatePool(String name, PoolSettings settings, IsolateFactory factory, PoolContext context) {
        this.name = Objects.requireNonNull(name, "name");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.factory = Objects.requireNonNull(factory, "factory");
        this.context = Objects.requireNonNull(context, "context");
        this.host = context.isolates();
        this.leakStacks = context.leakStacks();
        this.state = new PoolState(name, settings, context, lock, places);
        this.replenishAtNanos = context.clock().getAsLong();
        host.register(this);
    }

    public String name() {
        return name;
    }

    // ---- Leases --------------------------------------------------------------------------------------------------

    /// Gives out an isolate to a call that nothing else waits for than the calling thread.
    ///
    /// @param deadlineNanos on the pool's clock
    public Acquisition acquire(long deadlineNanos) {
        return acquire(deadlineNanos, Lineage.NONE);
    }

    /// Gives out an isolate that is idle, or makes one on the calling thread, or waits for one. Of those that are idle
    /// a thread gets the one it gave back last, if it can, or else the one that went idle last.
    ///
    /// The wait ends at the deadline or after the pool's `acquire-timeout`, whichever is earlier; making an isolate may
    /// take until the deadline. A call that would wait for a lease of the calling thread, or of its lineage, gets a
    /// temporary isolate, which does not count.
    ///
    /// @param deadlineNanos on the pool's clock
    /// @param lineage the threads that wait for the calling one
    public Acquisition acquire(long deadlineNanos, Lineage lineage) {
        Thread thread = Thread.currentThread();
        PooledIsolate lent = claim(thread);
        if (lent != null) {
            lent.lend(thread, deadlineNanos);
        } else {
            Grant grant = acquireSlowly(thread, deadlineNanos, lineage);
            if (!(grant instanceof PooledIsolate granted)) {
                return ((Grant.Refused) grant).rejected();
            }
            lent = granted;
        }
        if (leakStacks) {
            lent.trace(new LeaseTrace(thread));
        }
        // Where both ways have met, so that the compiler knows the lease whichever it was.
        return new Lease(this, lent, thread);
    }

    /// What a caller gets in the end who found nothing at once: an isolate that is lent to it, or a refusal.
    private Grant acquireSlowly(Thread thread, long deadlineNanos, Lineage lineage) {
        if ((places.alert() & Places.WAITERS) != 0 && places.anyIdle()) {
            PooledIsolate overtaken = locked(() -> state.overtake(thread, deadlineNanos));
            if (overtaken != null) {
                return overtaken;
            }
        }
        PooledIsolate idle = crowded() ? claimAfterOthers(thread) : null;
        if (idle != null) {
            idle.lend(thread, deadlineNanos);
            return idle;
        }
        Grant grant = admit(thread, deadlineNanos, lineage);
        return grant instanceof Grant.Place place ? create(thread, deadlineNanos, place) : grant;
    }

    private @Nullable PooledIsolate claim(Thread thread) {
        if (places.alert() != 0) {
            return null;
        }
        PooledIsolate idle = places.claim(thread);
        if (idle != null && (places.alert() & Places.SHUT) != 0) {
            rest(idle, thread);
            return null;
        }
        return idle;
    }

    /// Whether there is no room for another isolate, as far as one sees without the lock.
    private boolean crowded() {
        return places.size() >= state.sizeMax();
    }

    private @Nullable PooledIsolate claimAfterOthers(Thread thread) {
        var yielding = new Yielding(context.clock());
        while (yielding.again()) {
            PooledIsolate idle = claim(thread);
            if (idle != null || (places.alert() & Places.SHUT) != 0 || thread.isInterrupted()) {
                return idle;
            }
        }
        return null;
    }

    private Grant admit(Thread thread, long deadlineNanos, Lineage lineage) {
        Waiter waiter;
        lock.lock();
        try {
            Grant grant = state.admit(thread, deadlineNanos, lineage);
            if (!(grant instanceof Waiter queued)) {
                return grant;
            }
            waiter = queued;
            if (!state.hungry()) {
                // Without letting the lock go in between: others want it too.
                boolean _ = await(waiter, SECOND_LOOK_NANOS) || await(waiter, Long.MAX_VALUE);
                return state.ended(waiter);
            }
        } finally {
            lock.unlock();
            settleHost();
        }
        return awaitUnit(waiter);
    }

    /// Waits on behalf of a caller whose pool has just queued for one of the host's isolates. What others gave back at
    /// that moment the host sees at the second look.
    private Grant awaitUnit(Waiter waiter) {
        lock.lock();
        try {
            if (await(waiter, SECOND_LOOK_NANOS)) {
                return state.ended(waiter);
            }
            state.placeFreed();
        } finally {
            lock.unlock();
            settleHost();
        }
        lock.lock();
        try {
            boolean _ = await(waiter, Long.MAX_VALUE);
            return state.ended(waiter);
        } finally {
            lock.unlock();
            settleHost();
        }
    }

    /// Waits, with the lock in hand but for while it sleeps.
    ///
    /// @return whether the wait is over
    private boolean await(Waiter waiter, long nanosMax) {
        try {
            waiter.await(context.clock(), nanosMax, state::handOut);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            waiter.interrupted();
        }
        return waiter.over(context.clock().getAsLong());
    }

    /// Takes an isolate back. Called once a lease, by its owner.
    ///
    /// @param away whether it may not count
    void release(Lease lease, PooledIsolate pooled, boolean away) {
        RetireReason reason;
        try {
            reason = verdict(pooled);
        } catch (Error e) {
            // The caller hears of it, and the pool loses no place.
            locked(lease::over);
            retire(pooled, RetireReason.TRAP);
            throw e;
        }
        if (away) {
            reason = comeBack(lease, pooled, reason);
        }
        if (reason == null) {
            rest(pooled, Thread.currentThread());
        } else {
            retire(pooled, reason);
        }
    }

    private void retire(PooledIsolate leased, RetireReason reason) {
        if (locked(() -> state.takeLeased(leased, reason))) {
            discard(leased);
        }
    }

    /// Has an isolate that was suspended count again.
    ///
    /// @return why it goes; null to keep it
    private @Nullable RetireReason comeBack(Lease lease, PooledIsolate pooled, @Nullable RetireReason reason) {
        return locked(() -> {
            lease.over();
            return reason != null || state.comeBack(pooled, true) ? reason : state.surplusReason();
        });
    }

    private void rest(PooledIsolate pooled, Thread thread) {
        places.rest(pooled, thread);
        if (places.alert() != 0) {
            settle();
        }
    }

    /// Sees to what rests now and ought not to: there are waiters, or it is too many, or the pool is shut.
    private void settle() {
        locked(state::settle).forEach(this::discard);
    }

    private void sweep() {
        locked(state::takeSurplus).forEach(this::discard);
    }

    private @Nullable RetireReason verdict(PooledIsolate pooled) {
        try {
            return pooled.afterLease();
        } catch (RuntimeException e) {
            LOGGER.warn("{}: an isolate could not be asked how it is and is retired", name, e);
            return RetireReason.TRAP;
        }
    }

    void suspend(Lease lease) {
        locked(() -> {
            if (lease.firstWait()) {
                state.suspend(lease.pooled());
            }
        });
    }

    void resume(Lease lease) {
        locked(() -> {
            if (lease.lastWait()) {
                boolean _ = state.comeBack(lease.pooled(), false);
            }
        });
    }

    // ---- Isolates ------------------------------------------------------------------------------------------------

    /// Makes an isolate for the calling thread, which holds a place for it.
    private Grant create(Thread thread, long deadlineNanos, Grant.Place place) {
        if (deadlineNanos - context.clock().getAsLong() <= 0) {
            return locked(() -> {
                state.leave(place);
                return new Grant.Refused(state.refuse(Acquisition.Reason.TIMEOUT));
            });
        }
        return switch (make(deadlineNanos, place)) {
            case Creation.Made made -> adopt(made, thread, deadlineNanos, place);
            case Creation.Failed(Reply cause) -> new Grant.Refused(locked(() -> state.creationFailed(cause)));
        };
    }

    private Grant adopt(Creation.Made made, Thread thread, long deadlineNanos, Grant.Place place) {
        PooledIsolate pooled = enter(made, place);
        Acquisition.Rejected rejected = locked(() -> {
            if (state.phase() == Phase.OPEN) {
                pooled.lend(thread, deadlineNanos);
                return null;
            }
            boolean _ = state.takeLeased(pooled, state.surplusReason());
            return state.refuse(state.phase().reason());
        });
        if (rejected == null) {
            return pooled;
        }
        discard(pooled);
        return new Grant.Refused(rejected);
    }

    private PooledIsolate enter(Creation.Made made, Grant.Place place) {
        return locked(() -> state.entered(made, place));
    }

    /// Calls the factory. Where it fails, in whatever way, the place is freed.
    private Creation make(long deadlineNanos, Grant.Place place) {
        Creation creation = null;
        try {
            creation = Creation.by(factory, name, deadlineNanos, context.clock());
        } finally {
            if (!(creation instanceof Creation.Made)) {
                Reply cause = creation instanceof Creation.Failed(Reply known) ? known : null;
                locked(() -> state.failed(place, cause));
            }
        }
        return creation;
    }

    /// Makes an isolate before the first lease, to see whether that can be done. It is kept unless the host has as many
    /// as it may, and all of them are in use.
    ///
    /// @param deadlineNanos when it must be ready
    /// @return why it cannot be made; null if it can
    public @Nullable Reply warm(long deadlineNanos) {
        boolean counts = locked(() -> state.reserve(1)) || (host.evict(this) && locked(() -> state.reserve(1)));
        Grant.Place place = counts ? Grant.Place.INSIDE : locked(state::reserveOutside);
        return switch (make(deadlineNanos, place)) {
            case Creation.Made made -> {
                boolean _ = stock(made, place);
                yield null;
            }
            case Creation.Failed(Reply cause) -> cause;
        };
    }

    /// Makes isolates until there are as many as `prewarm` says, on the calling thread. To be called once, before the
    /// first lease.
    ///
    /// @param deadlineNanos when to leave it at those there are
    /// @return how many it made
    public int prewarm(long deadlineNanos) {
        int made = 0;
        while (deadlineNanos - context.clock().getAsLong() > 0
                && locked(() -> state.reserve(settings.prewarm()))
                && make(deadlineNanos, Grant.Place.INSIDE) instanceof Creation.Made isolate
                && stock(isolate, Grant.Place.INSIDE)) {
            made++;
        }
        return made;
    }

    /// Makes one isolate if there are fewer than `min`. To be called every now and then, and when the pool says that it
    /// is short of them, by one thread at a time; not by one that others wait for.
    ///
    /// @return whether it made one
    public boolean replenish() {
        long now = context.clock().getAsLong();
        if (now - replenishAtNanos < 0 || !locked(() -> state.reserve(state.min()))) {
            return false;
        }
        if (make(now + REPLENISH_LIMIT.toNanos(), Grant.Place.INSIDE) instanceof Creation.Made made) {
            return stock(made, Grant.Place.INSIDE);
        }
        replenishAtNanos = context.clock().getAsLong() + REPLENISH_PAUSE.toNanos();
        return false;
    }

    /// Whether it has fewer isolates than `min`.
    boolean isShort() {
        return locked(state::isShort);
    }

    /// Has somebody told when the pool may have fewer isolates than `min`; on any thread, and without the lock.
    void whenShort(Runnable tell) {
        whenShort = tell;
    }

    /// Lets an isolate rest that nobody has asked for.
    private boolean stock(Creation.Made made, Grant.Place place) {
        PooledIsolate pooled = enter(made, place);
        if (locked(() -> !state.comeBack(pooled, true) && state.takeLeased(pooled, state.surplusReason()))) {
            discard(pooled);
            return false;
        }
        boolean open = locked(() -> {
            places.stamp(pooled);
            pooled.rest();
            state.offer();
            return state.phase() == Phase.OPEN;
        });
        sweep();
        return open;
    }

    /// Closes an isolate that was retired and frees its place. It ends in no exception, nor in an error: others wait to
    /// be closed after it.
    private void discard(PooledIsolate pooled) {
        try {
            pooled.isolate().close();
        } catch (RuntimeException | Error e) {
            LOGGER.warn("{}: an isolate could not be closed", name, e);
        } finally {
            locked(() -> state.closed(pooled));
            whenShort.run();
        }
    }

    // ---- The host's isolates; all of it without a lock -----------------------------------------------------------

    /// Has the pool close what it does not lend on.
    void press() {
        lock.lock();
        try {
            places.raise(Places.PRESSED);
        } finally {
            lock.unlock();
        }
    }

    /// Gives the first waiter a place.
    ///
    /// @return whether another one is needed
    boolean feed() {
        lock.lock();
        try {
            return state.feed();
        } finally {
            lock.unlock();
        }
    }

    /// How many isolates it has, as far as one sees without the lock.
    int occupied() {
        return state.occupied();
    }

    /// How many idle isolates it has; more, if it has more than it keeps ready.
    long wealth() {
        lock.lock();
        try {
            return state.wealth();
        } finally {
            lock.unlock();
        }
    }

    /// Closes the isolate that has been idle for longest.
    ///
    /// @return whether there was one
    boolean evictOne() {
        PooledIsolate oldest = locked(state::takeOldestIdle);
        if (oldest != null) {
            discard(oldest);
        }
        return oldest != null;
    }

    // ---- The pool as a whole -------------------------------------------------------------------------------------

    /// Does what is due: retires isolates that are idle for too long or too old, and wakes waiters whose time is over.
    /// To be called every now and then, by one thread at a time.
    ///
    /// @return how many isolates and waiters it dealt with
    public int maintain() {
        int late = locked(() -> state.waiters().nudgeLate(context.clock().getAsLong()));
        List<PooledIsolate> due = locked(() -> {
            state.placeFreed();
            return state.phase() == Phase.OPEN ? state.takeDue(context.clock().getAsLong()) : state.takeSurplus();
        });
        for (Retirement.Finding finding : locked(state::takeFindings)) {
            LOGGER.warn(finding.message(), finding.trace());
        }
        due.forEach(this::discard);
        return late + due.size();
    }

    /// Changes how many isolates there may be. What is too many goes as soon as it is idle; waiters get what is more.
    ///
    /// @throws IllegalArgumentException unless `0 <= min <= max` and `max >= 1`
    public void resize(int min, int max) {
        PoolSettings.requireSizes(min, max);
        locked(() -> state.resize(min, max));
        sweep();
        whenShort.run();
    }

    /// Gives no more leases, refuses those who wait, closes what is idle, and waits for what is in use. What still is
    /// at the deadline is stopped, and waited for a little longer.
    ///
    /// @param reason why the isolates go
    /// @return whether everything came back by the deadline; false also if the thread was interrupted, its flag is set
    public boolean drain(long deadlineNanos, RetireReason reason) {
        shut(Phase.DRAINING, reason);
        try {
            if (awaitEmpty(Math.min(deadlineNanos - context.clock().getAsLong(), SECOND_LOOK_NANOS))) {
                return true;
            }
            // What was given back just as the pool was shut.
            sweep();
            if (awaitEmpty(deadlineNanos - context.clock().getAsLong())) {
                return true;
            }
            for (PooledIsolate each : places.all()) {
                each.isolate().cancel();
            }
            boolean _ = awaitEmpty(CANCEL_GRACE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean awaitEmpty(long nanosMax) throws InterruptedException {
        lock.lock();
        try {
            return state.awaitEmpty(nanosMax);
        } finally {
            lock.unlock();
        }
    }

    /// Refuses everybody from now on and closes what is idle. Does not wait: what is in use is closed when its
    /// lease is. Idempotent.
    @Override
    public void close() {
        shut(Phase.CLOSED, RetireReason.CLOSE);
    }

    private void shut(Phase to, RetireReason reason) {
        boolean _ = locked(() -> state.shut(to, reason));
        sweep();
        host.forget(this);
    }

    /// Whether [#close] was called and everything is closed.
    public boolean closed() {
        return locked(() -> state.phase() == Phase.CLOSED && state.total() == 0);
    }

    public PoolStats stats() {
        return locked(state::stats);
    }

    private void locked(Runnable change) {
        var _ = locked(() -> {
            change.run();
            return true;
        });
    }

    /// Does something under the lock, and afterwards what the host's count of isolates asks for.
    private <T extends @Nullable Object> T locked(Supplier<T> change) {
        T result;
        lock.lock();
        try {
            result = change.get();
        } finally {
            lock.unlock();
        }
        settleHost();
        return result;
    }

    private void settleHost() {
        if (state.takeHungry()) {
            host.want(this);
        }
        host.serve();
    }
}
