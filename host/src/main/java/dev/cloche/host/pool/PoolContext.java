package dev.cloche.host.pool;

import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What the pools of a host have in common.
///
/// @param isolates how many isolates there may be in all of them together
/// @param clock monotonic nanoseconds, the same clock as that of all deadlines
/// @param random for the jitter of ages; safe for use by many threads, or used by one pool alone
/// @param leakStacks whether each lease remembers where it was acquired, for the report of those that are not closed;
/// costs microseconds a lease
public record PoolContext(HostIsolates isolates, LongSupplier clock, RandomGenerator random, boolean leakStacks) {
    public PoolContext {
        Objects.requireNonNull(isolates, "isolates");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(random, "random");
    }

    /// Of a pool that stands alone.
    public static PoolContext alone(LongSupplier clock, RandomGenerator random) {
        return new PoolContext(new HostIsolates(Integer.MAX_VALUE), clock, random, false);
    }
}
