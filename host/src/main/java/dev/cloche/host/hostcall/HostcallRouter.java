package dev.cloche.host.hostcall;

import dev.cloche.host.policy.PolicyTable;
import java.util.Objects;
import java.util.function.LongSupplier;

/// Makes the ports through which isolates reach the host's operations. Safe for use by many threads.
public final class HostcallRouter implements AutoCloseable {
    private final OpTable ops;
    private final QuotaLimits limits;
    private final LongSupplier nanoClock;
    private final Lane lane;
    private volatile boolean closed;

    /// @param nanoClock the host's monotonic clock, in nanoseconds
    public HostcallRouter(OpTable ops, QuotaLimits limits, LongSupplier nanoClock) {
        this(ops, limits, nanoClock, Lane.CAPACITY);
    }

    HostcallRouter(OpTable ops, QuotaLimits limits, LongSupplier nanoClock, int laneCapacity) {
        this.ops = Objects.requireNonNull(ops, "ops");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
        this.lane = new Lane(
                laneCapacity, Thread.ofVirtual().name("cloche-hostcall-", 0).factory());
    }

    /// The port of one extension, which all its isolates share. Its quota begins unused.
    public HostcallPort portFor(PolicyTable policy) {
        String extension = policy.extension();
        Admission admission = new Admission(ops, policy, new Quota(extension, limits, nanoClock));
        return new ExtensionPort(this, extension, admission, lane, limits.laneCapacity());
    }

    boolean closed() {
        return closed;
    }

    /// Takes nothing more; every hostcall taken before is answered, by its service or, past a bounded time, as
    /// `cancelled`. Idempotent.
    @Override
    public void close() {
        closed = true;
        lane.close();
    }
}
