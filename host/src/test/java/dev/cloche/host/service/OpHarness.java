package dev.cloche.host.service;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.GuestSide;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.OpTable;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.QuotaLimits;
import dev.cloche.host.hostcall.Routers;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyRule;
import dev.cloche.host.policy.Profile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// The way of a hostcall as a guest takes it: port, policy, quota, service.
final class OpHarness implements AutoCloseable {
    static final long DEADLINE_NANOS = 60_000_000_000L;

    private final HostcallRouter router;

    OpHarness(OpTable ops) {
        this.router = Routers.of(ops, System::nanoTime);
    }

    /// The port of an extension whose manifest asks for these capabilities without parameters.
    GuestSide port(String extension, String... capabilities) {
        return port(
                extension,
                Map.of(),
                Arrays.stream(capabilities)
                        .map(name -> new Capability(name, Map.of()))
                        .toArray(Capability[]::new));
    }

    GuestSide port(String extension, Map<String, List<Capability>> grants, Capability... requested) {
        Map<String, Capability> byName = new TreeMap<>();
        Arrays.stream(requested).forEach(capability -> byName.put(capability.name(), capability));
        return new GuestSide(
                router.portFor(new Policy(Profile.BALANCED, grants).resolve(extension, byName), QuotaLimits.DEFAULT));
    }

    GuestSide port(String extension, List<PolicyRule> rules, Capability... requested) {
        Map<String, Capability> byName = new TreeMap<>();
        Arrays.stream(requested).forEach(capability -> byName.put(capability.name(), capability));
        return new GuestSide(
                router.portFor(new Policy(Profile.BALANCED, rules).resolve(extension, byName), QuotaLimits.DEFAULT));
    }

    static Hostcall hostcall(String op, Payload request) {
        return hostcall(op, request, System.nanoTime() + DEADLINE_NANOS);
    }

    static Hostcall hostcall(String op, Payload request, long deadlineNanos) {
        return new Hostcall(
                new Frame(1, "notes", Entry.command("run"), DEADLINE_NANOS, deadlineNanos), OpRef.unknown(op), request);
    }

    static Outcome call(GuestSide port, String op, String json) {
        return port.call(hostcall(op, Payload.text(json)));
    }

    static Outcome submit(GuestSide port, String op, String json) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        port.submit(hostcall(op, Payload.text(json)), outcome::complete);
        return outcome.join();
    }

    static Outcome ok(String json) {
        return new Outcome.Ok(Payload.text(json));
    }

    @Override
    public void close() {
        router.close();
    }
}
