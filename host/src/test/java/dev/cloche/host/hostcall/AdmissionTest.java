package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.policy.Decision;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.reactor.ReactorSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What lets hostcalls in, when what it goes by changes or cannot be used: it errs on the side of refusing, and counts
/// out whatever it has counted in.
@Timeout(60)
class AdmissionTest {
    private static final Capability ALL = new Capability("http.fetch", Map.of("hosts", List.of("*")));
    private static final Ok DONE = new Ok(Payload.text("1"));

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    private final OpTable ops = new OpTable(List.of(
            Op.blocking("fetch", "http.fetch", _ -> DONE, _ -> DONE).scoped(AdmissionTest::picky),
            Op.blocking("gated", "http.fetch", _ -> gated(), _ -> gated()),
            Op.blocking("refuses", "log", _ -> refused(), _ -> refused()),
            Op.blocking("refuses.at.once", "log", _ -> DONE, _ -> DONE).quickly(_ -> refused()),
            Op.immediate("refuses.here", "log", _ -> refused(), _ -> refused()),
            Op.immediate("plain", "log", _ -> DONE, _ -> DONE)));

    /// Something that cannot make anything of what it is allowed.
    private static Object picky(Decision.Allowed allowed) {
        if (allowed.grants().stream().anyMatch(grant -> grant.values("hosts").contains("["))) {
            throw new IllegalArgumentException("of the test");
        }
        return allowed;
    }

    private Outcome gated() throws InterruptedException {
        entered.countDown();
        gate.await();
        return DONE;
    }

    private static Outcome refused() {
        return new Denied(DeniedCode.POLICY, "no", Map.of());
    }

    private static PolicyTable policy(Capability... grants) {
        return new Policy(Profile.BALANCED, Map.of("notes", List.of(grants)))
                .resolve("notes", Map.of("http.fetch", ALL, "log", new Capability("log", Map.of())));
    }

    private static Hostcall hostcall(String op) {
        return new Hostcall(new Frame(7, "notes", Entry.command("run"), 1, 0), OpRef.unknown(op), Payload.EMPTY);
    }

    enum Way {
        FAST,
        COMPAT;

        LaneOverride override() {
            return this == FAST ? LaneOverride.NONE : LaneOverride.ALL;
        }
    }

    private HostcallRouter router(Way way) {
        return Routers.of(ops, System::nanoTime, ReactorSettings.DEFAULT, way.override());
    }

    @ParameterizedTest
    @EnumSource
    void aGrantThatAnOperationCannotReadRefusesItAndNothingElse(Way way) {
        try (HostcallRouter router = router(way)) {
            ExtensionPort port = router.portFor(policy(ALL), QuotaLimits.DEFAULT);
            GuestSide guest = new GuestSide(port);
            assertThat(guest.call(hostcall("fetch"))).isEqualTo(DONE);
            port.change(
                    policy(new Capability("http.fetch", Map.of("hosts", List.of("[")))),
                    QuotaLimits.DEFAULT.withPerSecond(5));
            assertThat(guest.call(hostcall("fetch"))).isInstanceOfSatisfying(Denied.class, denied -> {
                assertThat(denied.code()).isEqualTo(DeniedCode.POLICY);
                assertThat(denied.message()).endsWith("op=fetch capability=http.fetch rule=grant:notes");
                assertThat(denied.details()).isEqualTo(Map.of("capability", "http.fetch", "rule", "grant:notes"));
            });
            assertThat(guest.call(hostcall("plain"))).isEqualTo(DONE);
            port.change(policy(ALL), QuotaLimits.DEFAULT);
            assertThat(guest.call(hostcall("fetch"))).isEqualTo(DONE);
            assertThat(port.inFlight()).isZero();
        }
    }

    @Test
    void aGrantThatIsTakenBackEndsNoHostcallUnderWayAndRefusesTheNextOne() throws InterruptedException {
        try (HostcallRouter router = router(Way.FAST)) {
            ExtensionPort port = router.portFor(policy(ALL), QuotaLimits.DEFAULT);
            GuestSide guest = new GuestSide(port);
            CompletableFuture<Outcome> underWay = new CompletableFuture<>();
            guest.submit(hostcall("gated"), underWay::complete);
            entered.await();
            port.change(policy(), QuotaLimits.DEFAULT);
            assertThat(guest.call(hostcall("gated"))).isInstanceOf(Denied.class);
            gate.countDown();
            assertThat(underWay).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(DONE);
            assertThat(guest.call(hostcall("gated"))).isInstanceOf(Denied.class);
            assertThat(port.inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalIsToldWhereverItIsMade(Way way) {
        List<String> told = new CopyOnWriteArrayList<>();
        try (HostcallRouter router = Routers.of(
                ops,
                System::nanoTime,
                ReactorSettings.DEFAULT,
                Routers.control(way.override(), System::nanoTime),
                (_, op, _) -> told.add(op))) {
            GuestSide guest = new GuestSide(router.portFor(policy(), QuotaLimits.DEFAULT));
            List<String> refusing = way == Way.FAST
                    ? List.of("refuses", "refuses.at.once", "refuses.here", "fetch")
                    : List.of("refuses", "refuses.here", "fetch");
            refusing.forEach(op -> assertThat(guest.call(hostcall(op))).isInstanceOf(Denied.class));
            assertThat(told).containsExactlyElementsOf(refusing);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoeverHearsOfRefusalsAndThrowsLeavesNothingInFlight(Way way) {
        try (HostcallRouter router = Routers.of(
                ops,
                System::nanoTime,
                ReactorSettings.DEFAULT,
                Routers.control(way.override(), System::nanoTime),
                (_, _, _) -> {
                    throw new IllegalStateException("of the test");
                })) {
            ExtensionPort port = router.portFor(policy(), QuotaLimits.DEFAULT);
            GuestSide guest = new GuestSide(port);
            assertThatThrownBy(() -> guest.call(hostcall("refuses.here"))).hasMessage("of the test");
            try {
                guest.call(hostcall("refuses.at.once"));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("of the test");
            }
            assertThat(port.inFlight()).isZero();
        }
    }
}
