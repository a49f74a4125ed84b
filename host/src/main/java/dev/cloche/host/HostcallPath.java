package dev.cloche.host;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.hostcall.DenialListener;
import dev.cloche.host.hostcall.ExtensionPort;
import dev.cloche.host.hostcall.HostcallCounts;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.LaneChange;
import dev.cloche.host.hostcall.LaneControl;
import dev.cloche.host.hostcall.LaneSampling;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyRule;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.reactor.Reactor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The way of hostcalls in one host: policy, quotas, lanes, reactor. Safe for use by many threads.
final class HostcallPath implements AutoCloseable {
    private final List<PolicyRule> configured;
    private final LaneControl lanes;
    private final LaneSampling sampling;
    private final ReactorThreads threads;
    private final HostcallRouter router;
    private final ReentrantLock lock = new ReentrantLock();

    /// All that may still be in use, those of extensions that were replaced as well. Guarded by lock.
    private final Map<ExtensionPort, Map<String, Capability>> ports = new WeakHashMap<>();

    private volatile Policy policy;
    private volatile HostcallConfig config;

    HostcallPath(
            HostConfig config,
            OpTable ops,
            EngineClocks clocks,
            DenialListener denials,
            Consumer<LaneChange> laneChanges,
            LaneSampling.Listener divergences) {
        this.config = config.hostcalls();
        Policy given = new Policy(this.config.profile().profile(), config.grants());
        this.configured = given.rules();
        this.policy = given;
        LaneConfig laneConfig = this.config.lanes();
        this.lanes = new LaneControl(
                laneConfig.override(),
                laneConfig.overloadSettings(),
                clocks.nanoClock(),
                () -> clocks.wall().millis(),
                laneChanges);
        this.sampling = new LaneSampling(laneConfig.sample(), divergences);
        this.threads = ReactorThreads.start(config.reactor(), clocks.nanoClock());
        this.router = new HostcallRouter(ops, threads.reactor(), lanes, sampling, denials, clocks.nanoClock());
        lanes.settings(forcedBy(this.config));
    }

    private static Set<String> forcedBy(HostcallConfig config) {
        Set<String> forced = new HashSet<>();
        config.extensions().forEach((id, each) -> {
            if (each.compat()) {
                forced.add(id);
            }
        });
        return forced;
    }

    /// The way out of an extension's isolates.
    HostcallPort portFor(Manifest manifest) {
        lock.lock();
        try {
            ExtensionPort port = router.portFor(
                    policyFor(manifest), config.quotaOf(manifest.name()).limits());
            ports.put(port, manifest.capabilities());
            return port;
        } finally {
            lock.unlock();
        }
    }

    PolicyTable policyFor(Manifest manifest) {
        return policy.resolve(manifest.name(), manifest.capabilities());
    }

    Policy policy() {
        return policy;
    }

    /// Goes by these rules from the next hostcall on, beside those of the configuration.
    void rules(List<PolicyRule> stored) {
        List<PolicyRule> all = new ArrayList<>(configured);
        all.addAll(stored);
        lock.lock();
        try {
            policy = new Policy(config.profile().profile(), all);
            settle();
        } finally {
            lock.unlock();
        }
    }

    /// Goes by what other settings say of single extensions from the next hostcall on.
    void settings(HostcallConfig changed) {
        lock.lock();
        try {
            config = new HostcallConfig(config.profile(), changed.quota(), config.lanes(), changed.extensions());
            settle();
        } finally {
            lock.unlock();
        }
        lanes.settings(forcedBy(changed));
    }

    private void settle() {
        ports.forEach((port, requested) -> port.change(
                policy.resolve(port.extension(), requested),
                config.quotaOf(port.extension()).limits()));
    }

    /// How many hostcalls there were, by extension.
    SortedMap<String, HostcallCounts> counts() {
        SortedMap<String, HostcallCounts> counts = router.counts();
        lock.lock();
        try {
            ports.keySet()
                    .forEach(port -> counts.computeIfPresent(
                            port.extension(), (_, known) -> known.withInFlight(port.inFlight())));
        } finally {
            lock.unlock();
        }
        return counts;
    }

    HostcallConfig config() {
        return config;
    }

    LaneControl lanes() {
        return lanes;
    }

    LaneSampling sampling() {
        return sampling;
    }

    Reactor reactor() {
        return threads.reactor();
    }

    /// Where each shard runs, in order; empty where nothing is said about that.
    List<Optional<String>> bindings() {
        return threads.bindings();
    }

    /// Takes nothing more; every hostcall taken before is answered. Idempotent.
    @Override
    public void close() {
        router.close();
        threads.close();
    }
}
