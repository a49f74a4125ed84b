package dev.cloche.host.hostcall;

import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.reactor.Reactor;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Makes the ports through which isolates reach the host's operations. Safe for use by many threads.
public final class HostcallRouter implements AutoCloseable {
    private final OpTable ops;
    private final Reactor reactor;
    private final LaneControl lanes;
    private final LaneSampling sampling;
    private final DenialListener denials;
    private final LongSupplier nanoClock;
    private final CompatDispatch compat;
    private final Map<String, HostcallTally> tallies = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// @param reactor carries operations that may wait; closed with the router
    /// @param nanoClock the host's monotonic clock, in nanoseconds
    public HostcallRouter(
            OpTable ops,
            Reactor reactor,
            LaneControl lanes,
            LaneSampling sampling,
            DenialListener denials,
            LongSupplier nanoClock) {
        this.ops = Objects.requireNonNull(ops, "ops");
        this.reactor = Objects.requireNonNull(reactor, "reactor");
        this.lanes = Objects.requireNonNull(lanes, "lanes");
        this.sampling = Objects.requireNonNull(sampling, "sampling");
        this.denials = Objects.requireNonNull(denials, "denials");
        this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
        this.compat = new CompatDispatch(ops);
    }

    /// The port of one extension, which all its isolates share. Its quota begins unused.
    public ExtensionPort portFor(PolicyTable policy, QuotaLimits limits) {
        String extension = policy.extension();
        return new ExtensionPort(
                this,
                extension,
                new Admission(ops, policy, new Quota(extension, limits, nanoClock)),
                lanes.of(extension),
                tallies.computeIfAbsent(extension, _ -> new HostcallTally()));
    }

    /// How many hostcalls there were, by extension.
    public SortedMap<String, HostcallCounts> counts() {
        SortedMap<String, HostcallCounts> counts = new TreeMap<>();
        tallies.forEach((extension, tally) -> counts.put(extension, tally.counts()));
        return counts;
    }

    boolean closed() {
        return closed;
    }

    OpTable ops() {
        return ops;
    }

    Reactor reactor() {
        return reactor;
    }

    CompatDispatch compat() {
        return compat;
    }

    LaneSampling sampling() {
        return sampling;
    }

    DenialListener denials() {
        return denials;
    }

    /// Takes nothing more; every hostcall taken before is answered, by its service or, past a bounded time, as
    /// `cancelled`. Idempotent.
    @Override
    public void close() {
        closed = true;
        reactor.close();
    }
}
