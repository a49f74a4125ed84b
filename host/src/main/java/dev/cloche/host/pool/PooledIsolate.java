package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.Isolate;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// An isolate and what its pool knows of it. It is idle, leased, or gone; whoever changes that by compare-and-set has
/// it. Safe for use by many threads.
final class PooledIsolate extends Padding implements Grant {
    private static final VarHandle STATE;
    private static final VarHandle USES;
    private static final VarHandle RESET_COUNT;
    private static final VarHandle STAMP;

    /* What else a state says is whose it is, by the thread's id, which is positive. */

    private static final long IDLE = 0;
    private static final long GONE = -1;

    /// So far beyond the end of its last lease is the end of one that has not begun.
    private static final long NEVER_NANOS = Long.MAX_VALUE / 2;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(PooledIsolate.class, "state", long.class);
            USES = lookup.findVarHandle(PooledIsolate.class, "uses", long.class);
            RESET_COUNT = lookup.findVarHandle(PooledIsolate.class, "resetCount", long.class);
            STAMP = lookup.findVarHandle(PooledIsolate.class, "stamp", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Isolate isolate;
    private final long agedAtNanos;
    private final long usesMax;
    private final boolean resets;

    /// With more linear memory than this it is not kept.
    private final long memoryKept;

    @SuppressWarnings("FieldMayBeFinal") // written through STATE
    private volatile long state;

    /// Set by whoever maintains the pool, so that those who give leases back need not look at the clock.
    private volatile boolean aged;

    /// How many leases it had. Written by the lessee, read by anybody.
    private long uses;

    /// How often it was made pristine again. Written by the lessee, read by anybody.
    private long resetCount;

    /// The higher, the later it went idle, as far as one thread can tell. Written before it goes idle.
    @SuppressWarnings("UnusedVariable") // read through STAMP
    private long stamp;

    /// The thread whose lease it is, if that is the one that the state names, and until when that ought to be over.
    /// Written by the lessee, and only where it changes: a collector may want to hear of each write.
    private @Nullable Thread lessee;

    private long leaseEndsNanos;

    /// Why there is to be no other lease. Written by the lessee.
    private @Nullable RetireReason asked;

    /// Where the lease was acquired, if its pool wants to know.
    private @Nullable LeaseTrace trace;

    /* What the pool's lock guards: whether it counts, and what was seen when it was looked at last. */

    private boolean outside;

    private long usesSeen = -1;
    private long quietSinceNanos;
    private boolean reported;

    /// Of an isolate that is leased to the calling thread, which made it.
    ///
    /// @param agedAtNanos when it is too old, on the pool's clock
    /// @param settings of its pool
    /// @param outside whether it does not count
    PooledIsolate(Creation.Made made, long agedAtNanos, PoolSettings settings, boolean outside) {
        this.state = Thread.currentThread().threadId();
        this.isolate = made.isolate();
        this.agedAtNanos = agedAtNanos;
        this.leaseEndsNanos = agedAtNanos;
        this.usesMax = settings.maxUses() > 0 ? settings.maxUses() : Long.MAX_VALUE;
        this.resets = settings.reset() == PoolSettings.Reset.PER_LEASE;
        this.outside = outside;
        this.memoryKept = (long) (settings.memoryFraction() * made.memoryMax());
    }

    Isolate isolate() {
        return isolate;
    }

    boolean idle() {
        return state == IDLE;
    }

    boolean leased() {
        return state > IDLE;
    }

    /// Takes it for a lease of the thread if it is idle.
    boolean claim(Thread thread) {
        return state == IDLE && STATE.compareAndSet(this, IDLE, thread.threadId());
    }

    /// Takes it out of its pool if it is idle.
    boolean take() {
        return state == IDLE && STATE.compareAndSet(this, IDLE, GONE);
    }

    /// Takes it out of its pool from whoever has it.
    ///
    /// @return false if somebody else has done so
    boolean takeLeased() {
        long leased = state;
        return leased > IDLE && STATE.compareAndSet(this, leased, GONE);
    }

    /// Makes it idle. Only its lessee. Others see that soon, and in the order of what was written before; it may be
    /// that the lessee reads something else before they do.
    void rest() {
        // From when it is claimed until it is lent, nobody must find that its last lease is late.
        leaseEndsNanos += NEVER_NANOS;
        STATE.setRelease(this, IDLE);
    }

    /// Begins a lease of the thread it was claimed for.
    ///
    /// @param endsNanos until when it ought to be given back, on the pool's clock
    @SuppressWarnings("ReferenceEquality") // another thread is another lessee, whatever it calls its equal
    void lend(Thread to, long endsNanos) {
        if (lessee != to) {
            lessee = to;
        }
        leaseEndsNanos = endsNanos;
        USES.setOpaque(this, uses + 1);
    }

    /// Has it retired when its lease ends. The first reason given stands. Only its lessee.
    void retire(RetireReason reason) {
        if (asked == null) {
            asked = reason;
        }
    }

    /// Notes where its lease was acquired.
    void trace(LeaseTrace acquired) {
        trace = acquired;
    }

    @Nullable
    LeaseTrace trace() {
        return trace;
    }

    /// Whether it does not count among those that its pool may have. Under the pool's lock, or by its lessee.
    boolean outside() {
        return outside;
    }

    void outside(boolean now) {
        outside = now;
    }

    long uses() {
        return (long) USES.getOpaque(this);
    }

    long resetCount() {
        return (long) RESET_COUNT.getOpaque(this);
    }

    long stamp() {
        return (long) STAMP.getOpaque(this);
    }

    void stamp(long next) {
        STAMP.setOpaque(this, next);
    }

    /// Whose lease it is; null where that is not known at the moment.
    @Nullable
    Thread lessee() {
        Thread last = lessee;
        return last != null && last.threadId() == state ? last : null;
    }

    /// Notes whether it is too old by now.
    boolean aged(long nowNanos) {
        if (!aged && nowNanos - agedAtNanos >= 0) {
            aged = true;
        }
        return aged;
    }

    /// For how long nobody has used it, as far as was seen. To be asked every now and then, under the pool's lock.
    long quietNanos(long nowNanos) {
        long now = uses();
        if (now != usesSeen) {
            usesSeen = now;
            quietSinceNanos = nowNanos;
            reported = false;
        }
        return nowNanos - quietSinceNanos;
    }

    /// Whether its lease should be over for so long. Answers that once for each lease. Under the pool's lock.
    boolean overdue(long nowNanos, long graceNanos) {
        long _ = quietNanos(nowNanos);
        if (reported || !leased() || nowNanos - leaseEndsNanos < graceNanos) {
            return false;
        }
        reported = true;
        return true;
    }

    /// Decides whether there may be another lease after the one that ends. Only its lessee.
    ///
    /// @return why not; null to keep it
    @Nullable
    RetireReason afterLease() {
        if (asked != null) {
            return asked;
        }
        if (!isolate.sound()) {
            return RetireReason.TRAP;
        }
        if (uses >= usesMax) {
            return RetireReason.MAX_USES;
        }
        if (aged) {
            return RetireReason.AGE;
        }
        if (resets) {
            return reset() ? null : RetireReason.RESET;
        }
        return isolate.memoryBytes() > memoryKept ? RetireReason.MEMORY : null;
    }

    private boolean reset() {
        boolean pristine = isolate.reset();
        if (pristine) {
            RESET_COUNT.setOpaque(this, resetCount + 1);
        }
        return pristine;
    }
}
