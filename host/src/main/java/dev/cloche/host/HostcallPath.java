package dev.cloche.host;

import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.hostcall.DenialListener;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.LaneChange;
import dev.cloche.host.hostcall.LaneControl;
import dev.cloche.host.hostcall.LaneSampling;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.reactor.ServiceThreads;
import java.util.function.Consumer;

/// The way of hostcalls in one host: policy, quotas, lanes, reactor. Safe for use by many threads.
final class HostcallPath implements AutoCloseable {
    private final HostcallConfig config;
    private final Policy policy;
    private final ServiceThreads threads;
    private final Reactor reactor;
    private final LaneControl lanes;
    private final LaneSampling sampling;
    private final HostcallRouter router;

    HostcallPath(
            HostConfig config,
            OpTable ops,
            EngineClocks clocks,
            DenialListener denials,
            Consumer<LaneChange> laneChanges,
            LaneSampling.Listener divergences) {
        this.config = config.hostcalls();
        this.policy = new Policy(this.config.profile().profile(), config.grants());
        this.threads = new ServiceThreads(Runtime.getRuntime().availableProcessors());
        this.reactor = Reactor.shared(ReactorSettings.DEFAULT, threads, clocks.nanoClock());
        LaneConfig laneConfig = this.config.lanes();
        this.lanes = new LaneControl(
                laneConfig.override(),
                laneConfig.overloadSettings(),
                clocks.nanoClock(),
                () -> clocks.wall().millis(),
                laneChanges);
        this.sampling = new LaneSampling(laneConfig.sample(), divergences);
        this.router = new HostcallRouter(ops, reactor, lanes, sampling, denials, clocks.nanoClock());
    }

    /// The way out of an extension's isolates.
    HostcallPort portFor(Manifest manifest) {
        return router.portFor(
                policyFor(manifest), config.quotaOf(manifest.name()).limits());
    }

    PolicyTable policyFor(Manifest manifest) {
        return policy.resolve(manifest.name(), manifest.capabilities());
    }

    LaneControl lanes() {
        return lanes;
    }

    Reactor reactor() {
        return reactor;
    }

    /// Takes nothing more; every hostcall taken before is answered. Idempotent.
    @Override
    public void close() {
        router.close();
        threads.close();
    }
}
