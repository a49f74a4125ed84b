package dev.cloche.host.bundle;

import java.time.Duration;

/// How many isolates of an extension there may be and when one is replaced.
///
/// @param min isolates kept ready
/// @param max isolates at most
/// @param prewarm isolates made before the first call
/// @param maxIdle an isolate idle for longer is retired, down to `min`
/// @param maxAge an isolate older than this is retired when it is next idle
/// @param maxUses an isolate is retired after this many leases; 0 for no limit
/// @param memoryFraction an isolate that holds more than this part of its memory cap is retired after its lease
/// @param acquireTimeout how long a call waits for an isolate
public record PoolSettings(
        int min,
        int max,
        int prewarm,
        Duration maxIdle,
        Duration maxAge,
        long maxUses,
        double memoryFraction,
        Duration acquireTimeout,
        Reset reset) {
    public static final PoolSettings DEFAULT = new PoolSettings(
            0, 8, 0, Duration.ofMinutes(5), Duration.ofHours(1), 0, 0.8, Duration.ofSeconds(1), Reset.NONE);

    public PoolSettings {
        requireSizes(min, max);
        if (prewarm < 0 || prewarm > max) {
            throw new IllegalArgumentException(
                    "pool must have 0 <= prewarm <= max, prewarm=" + prewarm + " max=" + max);
        }
        if (!maxIdle.isPositive() || !maxAge.isPositive() || !acquireTimeout.isPositive()) {
            throw new IllegalArgumentException("pool durations must be positive, max-idle=" + maxIdle + " max-age="
                    + maxAge + " acquire-timeout=" + acquireTimeout);
        }
        if (maxUses < 0) {
            throw new IllegalArgumentException("max-uses must not be negative, max-uses=" + maxUses);
        }
        if (!(memoryFraction > 0 && memoryFraction <= 1)) {
            throw new IllegalArgumentException("memory-fraction must be in (0, 1], memory-fraction=" + memoryFraction);
        }
    }

    /// @throws IllegalArgumentException unless a pool can have these sizes
    public static void requireSizes(int min, int max) {
        if (min < 0 || max < 1 || min > max) {
            throw new IllegalArgumentException(
                    "pool must have 0 <= min <= max and max >= 1, min=" + min + " max=" + max);
        }
    }

    /// What happens to an isolate between two leases.
    public enum Reset {
        /// It is kept as the last call left it.
        NONE,
        /// Each lease gets a pristine one.
        PER_LEASE
    }
}
