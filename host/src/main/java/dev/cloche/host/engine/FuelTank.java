package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.rewrite.FuelCosts;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The fuel of the calls in one isolate, given to the guest in slices. Between two slices the host looks at what may
/// have come up meanwhile, and when the guest has had its turn, others get theirs. How large slices are depends on how
/// fast the guest runs, and changes nothing of what is counted. Confined to the thread that runs the guest.
public final class FuelTank implements LinearMemory.Slices {
    /// What a slice is to take.
    static final long SLICE_NANOS = 200_000;

    /// After how long a guest makes room for those that wait; with the slice that is under way then, under 1 ms.
    static final long TURN_NANOS = 700_000;

    /// The first slice of an isolate, before it is known how fast its guest runs.
    static final long SLICE_FIRST = 20_000;

    static final long SLICE_MIN = 1_000;

    /// However fast a guest runs: what it does next may take a hundred times longer for each unit.
    static final long SLICE_MAX = 200_000;

    /// What a guest that is to stop may use to unwind by itself.
    static final long OVERTIME = 1_500_000;

    /// What a guest whose overtime is over may use to get out of what must not be left half done, and how often.
    static final long GRACE = 2_000;

    static final int GRACES_MAX = 20;

    private static final int GROWTH_MAX = 4;

    private final LongSupplier nanoClock;
    private final Watchdog.Guard guard;
    private long limit;
    private @Nullable LinearMemory memory;
    private long used;
    private long slice;
    private long size = SLICE_FIRST;

    /// Whether the two times are known: short calls are spared the look at the clock.
    private boolean timed;

    private long sliceStart;
    private long turnStart;
    private @Nullable BooleanSupplier halfDone;
    private int graces;
    private @Nullable RuntimeException stop;

    /// @param limit the fuel of what runs before the first call
    public FuelTank(LongSupplier nanoClock, Watchdog.Guard guard, long limit) {
        this.nanoClock = nanoClock;
        this.guard = guard;
        this.limit = limit;
    }

    /// Gives fuel to the code that runs on a memory. Before the guest first runs.
    public void feed(LinearMemory fed) {
        memory = fed;
        fed.slices(this);
        fill(limit);
    }

    /// Says that the guest asks whether it is to stop, and can say where it was once it has: it is given a little more
    /// fuel for that when its own ends, or its time.
    ///
    /// @param halfDone whether it is in the middle of something after which it could not say it any more
    public void unwindsItself(BooleanSupplier halfDone) {
        this.halfDone = halfDone;
    }

    /// Why the guest is to stop; null as long as it is not.
    public @Nullable RuntimeException stop() {
        return stop;
    }

    /// Gives a guest that was stopped a little fuel, to find out where.
    public void overtime(RuntimeException reason) {
        used = used();
        stop = reason;
        guard.unwind();
        if (memory != null) {
            slice = OVERTIME;
            memory.fuel = slice;
        }
    }

    /// Starts the count of the next call.
    ///
    /// @param limit the fuel it may use, in units
    public void fill(long limit) {
        this.limit = limit;
        used = 0;
        stop = null;
        resume();
        if (memory != null) {
            slice = Math.min(size, limit);
            memory.fuel = slice;
        }
    }

    /// Says that the guest begins a turn now: time before that is not the slice's.
    public void resume() {
        timed = false;
    }

    /// What the call has used since it began, in units.
    public long used() {
        // What a guest uses to unwind is not the call's.
        return memory == null || stop != null ? used : used + slice - memory.fuel;
    }

    /// Charges bytes that the host copies for the guest.
    ///
    /// @throws BudgetExhaustedException if they are too many
    public void chargeBytes(long bytes) {
        charge(bytes / FuelCosts.BYTES);
    }

    /// Charges work of the host's.
    ///
    /// @throws BudgetExhaustedException if it is too much
    public void charge(long units) {
        if (memory != null) {
            memory.fuel -= units;
            if (used() > limit) {
                throw new BudgetExhaustedException(Budget.FUEL, limit);
            }
        }
    }

    private @Nullable RuntimeException reasonToStop(long now) {
        if (stop != null) {
            return stop;
        }
        if (used > limit) {
            return new BudgetExhaustedException(Budget.FUEL, limit);
        }
        return guard.due(now) ? LinearMemory.stopped() : null;
    }

    @Override
    public long next(long left) {
        long done = slice - left;
        if (stop == null) {
            used += done;
        }
        slice = left;
        long now = nanoClock.getAsLong();
        RuntimeException reason = reasonToStop(now);
        if (reason != null) {
            return last(reason, halfDone);
        }
        if (timed) {
            adapt(done, now - sliceStart);
        } else {
            turnStart = now;
        }
        sliceStart = now;
        if (now - turnStart >= TURN_NANOS) {
            guard.handOver();
            sliceStart = nanoClock.getAsLong();
            turnStart = sliceStart;
        }
        timed = true;
        slice = Math.min(size, limit - used);
        return slice;
    }

    /// The slice of a guest that is to stop.
    private long last(RuntimeException reason, @Nullable BooleanSupplier unwinding) {
        if (unwinding == null) {
            throw reason;
        }
        if (stop == null) {
            graces = 0;
            overtime(reason);
        } else if (graces < GRACES_MAX && unwinding.getAsBoolean()) {
            graces++;
            slice = GRACE;
        } else {
            throw reason;
        }
        return slice;
    }

    /// @param done the units of the slice that ends
    private void adapt(long done, long nanos) {
        long fitting = done * SLICE_NANOS / Math.max(1, nanos);
        size = Math.clamp(fitting, SLICE_MIN, Math.min(SLICE_MAX, size * GROWTH_MAX));
    }
}
