package dev.cloche.host.hostcall;

import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.reactor.ServiceThreads;
import java.util.function.LongSupplier;

/// Routers as a host makes them.
public final class Routers {
    private Routers() {}

    public static HostcallRouter of(OpTable ops, LongSupplier nanoClock) {
        return of(ops, nanoClock, ReactorSettings.DEFAULT, LaneOverride.UNSET);
    }

    public static HostcallRouter of(
            OpTable ops, LongSupplier nanoClock, ReactorSettings settings, LaneOverride override) {
        return of(ops, nanoClock, settings, control(override, nanoClock), (_, _, _) -> {});
    }

    public static HostcallRouter of(
            OpTable ops, LongSupplier nanoClock, ReactorSettings settings, LaneControl lanes, DenialListener denials) {
        Reactor reactor = Reactor.shared(settings, new ServiceThreads(2), nanoClock);
        return new HostcallRouter(ops, reactor, lanes, LaneSampling.OFF, denials, nanoClock);
    }

    public static LaneControl control(LaneOverride override, LongSupplier nanoClock) {
        return new LaneControl(override, OverloadSettings.DEFAULT, nanoClock, () -> 0, _ -> {});
    }
}
