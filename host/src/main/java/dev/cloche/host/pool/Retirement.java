package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which isolates of a pool are to go without a lease ending: those that are too old, idle for too long, or leased to
/// nobody any more. All of it belongs to the pool's lock.
final class Retirement {
    /// How long after its deadline a lease that is still open counts as leaked.
    static final Duration LEAK_GRACE = Duration.ofSeconds(10);

    private final String name;
    private final long maxIdleNanos;
    private final PoolCounters counters;
    private final List<Finding> findings = new ArrayList<>();

    Retirement(String name, PoolSettings settings, PoolCounters counters) {
        this.name = name;
        this.maxIdleNanos = settings.maxIdle().toNanos();
        this.counters = counters;
    }

    /// Why an isolate is to go; null if it is not. To be asked every now and then: for how long an isolate is idle is
    /// counted from when that was seen first.
    ///
    /// @param kept isolates of the pool, this one included
    /// @param min how many are kept however long they are idle
    @Nullable
    RetireReason reason(PooledIsolate pooled, int kept, int min, long nowNanos) {
        boolean aged = pooled.aged(nowNanos);
        if (pooled.leased()) {
            return abandoned(pooled, nowNanos) ? RetireReason.LEAK : null;
        }
        long quiet = pooled.quietNanos(nowNanos);
        if (aged) {
            return RetireReason.AGE;
        }
        return kept > min && quiet > maxIdleNanos ? RetireReason.IDLE : null;
    }

    /// Whether nobody is left to give it back. Notes it, and leases that are only late too, once for each.
    private boolean abandoned(PooledIsolate pooled, long nowNanos) {
        Thread lessee = pooled.lessee();
        boolean abandoned = lessee != null && !lessee.isAlive();
        if (abandoned || pooled.overdue(nowNanos, LEAK_GRACE.toNanos())) {
            counters.leaked();
            String thread = lessee == null ? "?" : lessee.getName();
            findings.add(new Finding(
                    "a lease was not closed, pool=" + name + " thread=" + thread + " ended=" + abandoned,
                    pooled.trace()));
        }
        return abandoned;
    }

    /// What was found since the last time, for the log.
    List<Finding> takeFindings() {
        List<Finding> taken = List.copyOf(findings);
        findings.clear();
        return taken;
    }

    /// Something that the log is to say.
    ///
    /// @param trace where the lease was acquired, if that is known
    record Finding(String message, @Nullable LeaseTrace trace) {}
}
