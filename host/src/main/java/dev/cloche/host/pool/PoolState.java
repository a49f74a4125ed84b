package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Reply;
import dev.cloche.host.frame.Lineage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What a pool consists of at a moment, and who is given what. All of it belongs to the pool's lock; nothing foreign is
/// called here but the clock, the random generator, and the count of the host's isolates.
///
/// An isolate takes up one place of `max`, and one unit of the host's, from before it is made until after it is closed:
///
/// ```
/// creating -> leased <-> idle
///                \        /
///                 closing -> (place is free)
/// ```
///
/// One that is `outside` does not: it is suspended, or was made for a call that waits for its own ancestors.
///
/// INVARIANT: idle + leased + creating + closing - outside <= max, unless `max` was lowered just now.
///
/// INVARIANT: while the pool is open, nobody sleeps for longer than a second look takes while an isolate is idle, or
/// while a place and a unit are free and isolates can be made. Whoever frees a place books it to the first waiter in
/// the same critical section, as that waiter's right to create; whoever gives an isolate back wakes the waiter it is
/// for, or books it to that one too. A waiter that is interrupted or late at that very moment finds the grant when it
/// has the lock again; it keeps an isolate and passes a place on, so neither is ever lost.
final class PoolState {
    /// The part of `max-age` by which isolates differ, so that those made together do not go together.
    static final double AGE_JITTER = 0.1;

    /// Isolates of one pool that may be outside at a time.
    static final int OUTSIDE_MAX = 100_000;

    private final String name;
    private final PoolSettings settings;
    private final PoolContext context;
    private final HostIsolates host;
    private final ReentrantLock lock;
    private final Condition quiet;
    private final Places places;
    private final PoolCounters counters = new PoolCounters();
    private final Waiters waiters = new Waiters(counters);
    private final Backoff backoff = new Backoff();
    private final Retirement retirement;

    private int min;
    private int max;
    private int creating;
    private int closing;

    /// Of all those above that do not count.
    private int outside;

    /// Of those that are being closed.
    private int closingOutside;

    /// How often anybody was given an isolate before somebody who waited.
    private long passes;

    private Phase phase = Phase.OPEN;
    private RetireReason shutReason = RetireReason.CLOSE;

    /// Whether there is a place for somebody who waits, and no unit. Written under the lock.
    private volatile boolean hungry;

    PoolState(String name, PoolSettings settings, PoolContext context, ReentrantLock lock, Places places) {
        this.name = name;
        this.settings = settings;
        this.context = context;
        this.host = context.isolates();
        this.lock = lock;
        this.quiet = lock.newCondition();
        this.places = places;
        this.retirement = new Retirement(name, settings, counters);
        this.min = settings.min();
        this.max = settings.max();
    }

    // ---- What there is -------------------------------------------------------------------------------------------

    Phase phase() {
        return phase;
    }

    int min() {
        return min;
    }

    /// Places that are taken.
    int occupied() {
        return total() - outside;
    }

    /// All isolates there are, those that do not count included.
    int total() {
        return places.size() + creating + closing;
    }

    private boolean room() {
        return occupied() < max;
    }

    /// How many isolates may be there with all places filled. A hint, where it is asked for without the lock.
    int sizeMax() {
        return max + outside;
    }

    boolean isShort() {
        return phase == Phase.OPEN && occupied() < min;
    }

    /// How many idle isolates there are; far more, where the pool keeps fewer ready.
    long wealth() {
        // What is idle while somebody waits is not for others.
        long idle = waiters.isEmpty() ? places.count(PooledIsolate::idle) : 0;
        return idle > 0 && places.size() - outside > min ? idle + Integer.MAX_VALUE : idle;
    }

    Waiters waiters() {
        return waiters;
    }

    PoolStats stats() {
        int leased = places.count(PooledIsolate::leased);
        int idle = places.size() - leased;
        int suspended = places.count(PooledIsolate::outside);
        return counters.snapshot(
                idle,
                leased - suspended,
                outside,
                creating - (outside - suspended - closingOutside),
                closing - closingOutside,
                waiters.size(),
                places.uses(),
                places.resets());
    }

    // ---- Who comes -----------------------------------------------------------------------------------------------

    /// What a caller is given who found nothing without the lock: an isolate or a place after all, or a refusal, or a
    /// place in the queue.
    Grant admit(Thread thread, long deadlineNanos, Lineage lineage) {
        if (phase != Phase.OPEN) {
            return refused(phase.reason());
        }
        PooledIsolate overtaken = overtake(thread, deadlineNanos);
        if (overtaken != null) {
            return overtaken;
        }
        handOut();
        if (waiters.isEmpty()) {
            // From now on whoever gives one back asks for the lock; what was given back before is idle.
            places.raise(Places.WAITERS);
            Grant grant = first(thread, deadlineNanos);
            if (grant != null) {
                calm();
                return grant;
            }
        }
        // One that waits for this very call is not given back before it is over.
        if (places.anyLeasedBy(lineage.then(thread))) {
            calm();
            return outsidePlace();
        }
        return waiters.size() < IsolatePool.WAITERS_MAX
                ? queued(thread, deadlineNanos)
                : refused(Acquisition.Reason.QUEUE_FULL);
    }

    private @Nullable Grant first(Thread thread, long deadlineNanos) {
        PooledIsolate idle = places.claim(thread);
        if (idle != null) {
            idle.lend(thread, deadlineNanos);
            return idle;
        }
        if (!room()) {
            return null;
        }
        if (backoff.pauses(context.clock().getAsLong())) {
            return hopeless() ? new Grant.Refused(creationFailed(backoff.cause())) : null;
        }
        if (!host.tryTake()) {
            return null;
        }
        creating++;
        return Grant.Place.INSIDE;
    }

    private Waiter queued(Thread thread, long deadlineNanos) {
        long now = context.clock().getAsLong();
        long limit =
                now + Math.min(deadlineNanos - now, settings.acquireTimeout().toNanos());
        Waiter waiter = new Waiter(lock.newCondition(), thread, now, deadlineNanos, limit, passes);
        waiters.addLast(waiter);
        // There would be a place for it, so what it lacks is the host's.
        hungry |= waiters.size() <= max - occupied() && !backoff.pauses(now);
        return waiter;
    }

    private Grant outsidePlace() {
        return outside < OUTSIDE_MAX ? reserveOutside() : refused(Acquisition.Reason.REENTRANT);
    }

    /// Takes a place that does not count.
    Grant.Place reserveOutside() {
        creating++;
        outside++;
        return Grant.Place.OUTSIDE;
    }

    /// Ends a wait. An isolate granted is taken even by a caller that was interrupted: its call sees the flag itself.
    Grant ended(Waiter waiter) {
        Grant grant = waiter.grant();
        Acquisition.Reason otherwise =
                waiter.wasInterrupted() ? Acquisition.Reason.INTERRUPTED : Acquisition.Reason.TIMEOUT;
        counters.waited(context.clock().getAsLong() - waiter.sinceNanos(), grant != null);
        if (grant == null) {
            Acquisition.Reason reason = reasonFor(otherwise);
            waiters.remove(waiter);
            // What it was woken for is the next one's.
            offer();
            return refused(reason);
        }
        if (grant instanceof Grant.Place place && waiter.wasInterrupted()) {
            leave(place);
            return refused(otherwise);
        }
        return grant;
    }

    /// A caller that came too late though its pool had a place lacked the host's.
    private Acquisition.Reason reasonFor(Acquisition.Reason otherwise) {
        boolean starved = otherwise == Acquisition.Reason.TIMEOUT && room() && host.full();
        return starved ? Acquisition.Reason.HOST_ISOLATES : otherwise;
    }

    /// Gives a place back that nothing was made for.
    void leave(Grant.Place place) {
        creating--;
        if (place.outside()) {
            outside--;
        } else {
            host.free();
        }
        placeFreed();
    }

    /// Gives a place back for which no isolate could be made.
    ///
    /// @param cause null if that is not known
    void failed(Grant.Place place, @Nullable Reply cause) {
        counters.creationFailed();
        if (cause != null) {
            backoff.failed(cause, context.clock().getAsLong());
        }
        leave(place);
    }

    /// Takes in an isolate that was made. It is leased to the one who made it.
    PooledIsolate entered(Creation.Made made, Grant.Place place) {
        creating--;
        counters.created(made.tookNanos());
        backoff.succeeded();
        long maxAgeNanos = settings.maxAge().toNanos();
        long jitter = (long) (maxAgeNanos * AGE_JITTER * context.random().nextDouble());
        PooledIsolate pooled =
                new PooledIsolate(made, context.clock().getAsLong() + maxAgeNanos - jitter, settings, place.outside());
        places.add(pooled);
        return pooled;
    }

    /// Takes a place for an isolate that nobody has asked for, if there are fewer than wanted.
    boolean reserve(int wanted) {
        boolean due = phase == Phase.OPEN
                && occupied() < Math.min(wanted, max)
                && !backoff.pauses(context.clock().getAsLong())
                && host.tryTake();
        creating += due ? 1 : 0;
        return due;
    }

    // ---- Who waits -----------------------------------------------------------------------------------------------

    /// Gives a caller what is idle before those who wait and have not woken up yet to take it; at most `max` times for
    /// each of them.
    ///
    /// @return null if there is nothing, or nobody is passed
    @Nullable
    PooledIsolate overtake(Thread thread, long deadlineNanos) {
        if (phase != Phase.OPEN || waiters.isEmpty() || !waiters.first().mayBePassed(passes, max)) {
            return null;
        }
        PooledIsolate idle = places.claim(thread);
        if (idle != null) {
            passes++;
            idle.lend(thread, deadlineNanos);
        }
        return idle;
    }

    /// Wakes as many of those who wait as there are idle isolates, in order of arrival: whoever wakes up hands them
    /// out. Until then others may take them; if the first was passed often enough, they are handed out at once.
    void offer() {
        if (waiters.isEmpty()) {
            calm();
        } else if (waiters.first().mayBePassed(passes, max)) {
            waiters.nudge(places.count(PooledIsolate::idle));
        } else {
            handOut();
        }
    }

    /// Hands what is idle to those who wait, in order of arrival.
    void handOut() {
        while (!waiters.isEmpty()) {
            PooledIsolate idle = places.claim(waiters.first().thread());
            if (idle == null) {
                return;
            }
            waiters.removeFirst().grant(idle);
        }
        calm();
    }

    /// Gives the first who waits the host's next unit, if it can use one.
    ///
    /// @return whether another one is needed
    boolean feed() {
        boolean useful = phase == Phase.OPEN
                && !waiters.isEmpty()
                && room()
                && !backoff.pauses(context.clock().getAsLong());
        if (!useful || !host.take()) {
            return useful;
        }
        grantPlace();
        // Who is granted the place has another pool make room for the next one.
        hungry = !waiters.isEmpty() && room();
        return hungry;
    }

    private void grantPlace() {
        creating++;
        waiters.removeFirst().grant(Grant.Place.INSIDE);
        calm();
    }

    /// Sees to those who wait, after a place has come free or a pause has ended.
    void placeFreed() {
        if (occupied() <= max) {
            places.lower(Places.OVER);
        }
        if (phase != Phase.OPEN) {
            quiet.signalAll();
            return;
        }
        while (!waiters.isEmpty() && room()) {
            if (backoff.pauses(context.clock().getAsLong())) {
                failHopeless();
                return;
            }
            if (!host.tryTake()) {
                hungry = true;
                return;
            }
            grantPlace();
        }
    }

    /// Whether there is no isolate to wait for. One that is outside is none: who has it may wait for the very call that
    /// would wait for it.
    private boolean hopeless() {
        return creating + places.count(each -> !each.outside()) == 0;
    }

    /// Those who can only be served by an isolate that cannot be made at present need not wait.
    private void failHopeless() {
        while (!waiters.isEmpty() && hopeless()) {
            waiters.removeFirst().grant(new Grant.Refused(creationFailed(backoff.cause())));
        }
        calm();
    }

    /// Those who come and go need not ask for the lock on account of waiters any more, if there are none.
    private void calm() {
        if (waiters.isEmpty()) {
            places.lower(Places.WAITERS);
        }
    }

    boolean hungry() {
        return hungry;
    }

    /// Whether the pool is to queue for a unit of the host's, and does so now. Needs no lock.
    boolean takeHungry() {
        boolean was = hungry;
        if (was) {
            hungry = false;
        }
        return was;
    }

    /// Has an isolate not count, unless it is leased no more.
    void suspend(PooledIsolate pooled) {
        if (pooled.leased() && !pooled.outside()) {
            pooled.outside(true);
            outside++;
            host.free();
            placeFreed();
        }
    }

    /// Has an isolate that is leased, or on its way to be idle, count again if there is room.
    ///
    /// @param lentOn whether it is for whoever waits
    /// @return whether it counts
    boolean comeBack(PooledIsolate pooled, boolean lentOn) {
        if (!pooled.outside()) {
            return true;
        }
        // One that was found to be leaked is closed: it frees nothing twice.
        if (pooled.leased() && phase == Phase.OPEN && room() && (lentOn || waiters.isEmpty()) && host.tryTake()) {
            pooled.outside(false);
            outside--;
            return true;
        }
        return false;
    }

    // ---- Who goes ------------------------------------------------------------------------------------------------

    /// Takes an isolate from its lessee and out.
    ///
    /// @return false if somebody else has done so
    boolean takeLeased(PooledIsolate pooled, RetireReason reason) {
        boolean taken = pooled.takeLeased();
        if (taken) {
            retire(pooled, reason);
        }
        return taken;
    }

    /// Takes an isolate out that was taken from whoever had it. It is to be closed, and then to be [#closed].
    private void retire(PooledIsolate taken, RetireReason reason) {
        places.remove(taken);
        closing++;
        closingOutside += taken.outside() ? 1 : 0;
        counters.retired(reason, taken.uses(), taken.resetCount());
    }

    void closed(PooledIsolate retired) {
        closing--;
        if (retired.outside()) {
            closingOutside--;
            outside--;
        } else {
            host.free();
        }
        placeFreed();
    }

    void resize(int newMin, int newMax) {
        min = newMin;
        max = newMax;
        if (occupied() > max) {
            places.raise(Places.OVER);
        }
        placeFreed();
    }

    /// Why what the pool has no room for goes.
    RetireReason surplusReason() {
        return phase == Phase.OPEN ? RetireReason.SURPLUS : shutReason;
    }

    /// Takes out what is idle and more than there may be.
    List<PooledIsolate> takeSurplus() {
        int surplus = phase == Phase.OPEN ? occupied() - (closing - closingOutside) - max : Integer.MAX_VALUE;
        List<PooledIsolate> taken = new ArrayList<>();
        for (PooledIsolate each : surplus > 0 ? places.oldestFirst() : List.<PooledIsolate>of()) {
            if (taken.size() < surplus && each.take()) {
                retire(each, surplusReason());
                taken.add(each);
            }
        }
        return taken;
    }

    /// Sees to what rests and ought not to: there are waiters, or it is too many, or the pool is shut.
    ///
    /// @return what was taken out
    List<PooledIsolate> settle() {
        List<PooledIsolate> taken = takeSurplus();
        PooledIsolate wanted = takePressed();
        if (wanted != null) {
            taken.add(wanted);
        }
        offer();
        return taken;
    }

    /// Takes out one isolate, if another pool of the host needs it and nobody here does, or here there are too many.
    @Nullable
    PooledIsolate takePressed() {
        if (!host.pressed()) {
            places.lower(Places.PRESSED);
            return null;
        }
        return waiters.isEmpty() || host.tooMany(occupied()) ? takeOldestIdle() : null;
    }

    /// Takes out the isolate that has been idle for longest.
    @Nullable
    PooledIsolate takeOldestIdle() {
        for (PooledIsolate each : places.oldestFirst()) {
            if (each.take()) {
                retire(each, RetireReason.EVICTED);
                return each;
            }
        }
        return null;
    }

    /// Takes out what is too old, idle for too long, or leased to nobody any more.
    List<PooledIsolate> takeDue(long now) {
        List<PooledIsolate> due = new ArrayList<>();
        for (PooledIsolate each : places.oldestFirst()) {
            RetireReason reason = retirement.reason(each, places.size() + creating - outside, min, now);
            if (reason != null && (reason == RetireReason.LEAK ? each.takeLeased() : each.take())) {
                retire(each, reason);
                due.add(each);
            }
        }
        return due;
    }

    List<Retirement.Finding> takeFindings() {
        return retirement.takeFindings();
    }

    /// @return false if it was in that phase, or a later one, before
    boolean shut(Phase to, RetireReason reason) {
        if (phase.compareTo(to) >= 0) {
            return false;
        }
        if (phase == Phase.OPEN) {
            shutReason = reason;
        }
        phase = to;
        // From now on whoever gives one back asks for the lock; what was given back before is idle.
        places.raise(Places.SHUT);
        while (!waiters.isEmpty()) {
            waiters.removeFirst().grant(refused(to.reason()));
        }
        calm();
        return true;
    }

    /// Waits until there is no isolate any more.
    ///
    /// @return whether that is so; false once the time is over
    boolean awaitEmpty(long nanosMax) throws InterruptedException {
        long left = nanosMax;
        while (total() > 0) {
            if (left <= 0) {
                return false;
            }
            left = quiet.awaitNanos(left);
        }
        return true;
    }

    private Grant.Refused refused(Acquisition.Reason reason) {
        return new Grant.Refused(refuse(reason));
    }

    Acquisition.Rejected refuse(Acquisition.Reason reason) {
        counters.rejected(reason);
        String sizes = reason == Acquisition.Reason.HOST_ISOLATES ? " pools.isolates=" + host.max() : " max=" + max;
        return new Acquisition.Rejected(reason, reason.text() + ", pool=" + name + sizes, null);
    }

    Acquisition.Rejected creationFailed(Reply cause) {
        counters.rejected(Acquisition.Reason.CREATION_FAILED);
        return new Acquisition.Rejected(
                Acquisition.Reason.CREATION_FAILED, "no isolate could be made, pool=" + name, cause);
    }
}
