package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.rewrite.FuelCosts;
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

    /// Starts the count of the next call.
    ///
    /// @param limit the fuel it may use, in units
    public void fill(long limit) {
        this.limit = limit;
        used = 0;
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
        return memory == null ? used : used + slice - memory.fuel;
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
            requireFuel(used());
        }
    }

    private void requireFuel(long sum) {
        if (sum > limit) {
            throw new BudgetExhaustedException(Budget.FUEL, limit);
        }
    }

    @Override
    public long next(long left) {
        long done = slice - left;
        used += done;
        slice = left;
        long now = nanoClock.getAsLong();
        requireFuel(used);
        guard.checkpoint(now);
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

    /// @param done the units of the slice that ends
    private void adapt(long done, long nanos) {
        long fitting = done * SLICE_NANOS / Math.max(1, nanos);
        size = Math.clamp(fitting, SLICE_MIN, Math.min(SLICE_MAX, size * GROWTH_MAX));
    }
}
