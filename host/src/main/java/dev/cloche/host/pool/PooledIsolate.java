package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.Isolate;
import org.jspecify.annotations.Nullable;

/// An isolate and what its pool knows of it. At any time it belongs to one lease or to the pool's lock, so its fields
/// need no protection of their own.
final class PooledIsolate {
    private final Isolate isolate;
    private final long agedAtNanos;
    private long uses;
    private long idleSinceNanos;

    /// @param agedAtNanos when it is too old, on the pool's clock
    PooledIsolate(Isolate isolate, long agedAtNanos) {
        this.isolate = isolate;
        this.agedAtNanos = agedAtNanos;
    }

    Isolate isolate() {
        return isolate;
    }

    void idleSince(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    boolean aged(long nowNanos) {
        return nowNanos - agedAtNanos >= 0;
    }

    boolean idleFor(long nanos, long nowNanos) {
        return nowNanos - idleSinceNanos > nanos;
    }

    /// Counts the lease that ends and decides whether there may be another one.
    ///
    /// @return why not; null to keep it
    @Nullable
    RetireReason afterLease(@Nullable RetireReason asked, PoolSettings settings, long nowNanos) {
        uses++;
        if (asked != null) {
            return asked;
        }
        if (!isolate.sound()) {
            return RetireReason.TRAP;
        }
        if (settings.maxUses() > 0 && uses >= settings.maxUses()) {
            return RetireReason.MAX_USES;
        }
        if (aged(nowNanos)) {
            return RetireReason.AGE;
        }
        if (settings.reset() == PoolSettings.Reset.PER_LEASE) {
            return isolate.reset() ? null : RetireReason.RESET;
        }
        return isolate.memoryBytes() > settings.memoryFraction() * isolate.memoryBytesMax()
                ? RetireReason.MEMORY
                : null;
    }
}
