package dev.cloche.host.engine;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Usage;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.rewrite.FuelCosts;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The fuel of the calls in one isolate, given to the guest in slices. Between two slices the host looks at what may
/// have
/// come up meanwhile. How large slices are depends on how fast the guest runs, and changes nothing of what is counted.
/// Confined to the thread that runs the guest.
public final class FuelTank implements LinearMemory.Slices {
    /// What a slice is to take.
    static final long SLICE_NANOS = 800_000;

    /// The first slice of an isolate, before it is known how fast its guest runs.
    static final long SLICE_FIRST = 20_000;

    static final long SLICE_MIN = 1_000;
    static final long SLICE_MAX = 50_000_000;

    private static final int GROWTH_MAX = 4;

    private final LongSupplier nanoClock;
    private final Watchdog.Guard guard;
    private long limit;
    private @Nullable LinearMemory memory;
    private long used;
    private long slice;
    private long size = SLICE_FIRST;
    private long sliceStart;
    private long began;

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
        began = sliceStart;
        if (memory != null) {
            slice = Math.min(size, limit);
            memory.fuel = slice;
        }
    }

    /// Says that the guest goes on now: time before that is not the slice's.
    public void resume() {
        sliceStart = nanoClock.getAsLong();
    }

    /// What the call has used since it began.
    public Usage usage() {
        return new Usage(used(), Duration.ofNanos(nanoClock.getAsLong() - began));
    }

    private long used() {
        return memory == null ? used : used + slice - memory.fuel;
    }

    /// Charges bytes that the host copies for the guest.
    public void chargeBytes(long bytes) {
        if (memory != null) {
            memory.fuel -= bytes / FuelCosts.BYTES;
        }
    }

    @Override
    public long next(long left) {
        used += slice - left;
        slice = left;
        long now = nanoClock.getAsLong();
        if (used > limit) {
            throw new BudgetExhaustedException(Budget.FUEL, limit);
        }
        adapt(now - sliceStart);
        guard.checkpoint(now);
        resume();
        slice = Math.min(size, limit - used);
        return slice;
    }

    private void adapt(long nanos) {
        double factor = (double) SLICE_NANOS / Math.max(1, nanos);
        size = Math.clamp((long) (size * Math.min(factor, GROWTH_MAX)), SLICE_MIN, SLICE_MAX);
    }
}
