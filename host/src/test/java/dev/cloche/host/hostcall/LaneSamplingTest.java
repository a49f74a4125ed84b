package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.reactor.ServiceThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One lane held against the other, with operations whose lanes agree and some whose do not.
@Timeout(60)
class LaneSamplingTest {
    private final List<String> diverged = Collections.synchronizedList(new ArrayList<>());
    private final List<String> denied = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger fastRuns = new AtomicInteger();
    private final AtomicInteger compatRuns = new AtomicInteger();
    private final AtomicInteger changing = new AtomicInteger();
    private final Set<Thread> compatThreads = ConcurrentHashMap.newKeySet();

    private final OpTable ops = new OpTable(List.of(
            Op.immediate("agrees", "log", _ -> ok("1"), _ -> compat("1")).reading(),
            Op.immediate("words", "log", _ -> failed("one word"), _ -> failed("another"))
                    .reading(),
            Op.immediate("planted", "log", _ -> ok("1"), _ -> compat("2")).reading(),
            Op.immediate("kind", "log", _ -> ok("1"), _ -> failed("no")).reading(),
            Op.immediate("writes", "log", _ -> ok("1"), _ -> compat("2")),
            Op.blocking("slow", "log", _ -> ok("1"), _ -> compat("2")).reading(),
            Op.blocking("quick", "log", _ -> ok("1"), _ -> compat("2"))
                    .reading()
                    .quickly(_ -> ok("1")),
            Op.immediate("changes", "log", _ -> ok("" + changing.get()), _ -> ok("" + changing.incrementAndGet()))
                    .reading(),
            Op.immediate("denies", "log", _ -> refused(), _ -> refused()).reading(),
            Op.immediate("throws", "log", _ -> ok("1"), _ -> {
                        throw new IllegalStateException("of the test");
                    })
                    .reading()));

    private Outcome ok(String text) {
        fastRuns.incrementAndGet();
        return new Ok(Payload.text(text));
    }

    private Outcome compat(String text) {
        compatRuns.incrementAndGet();
        compatThreads.add(Thread.currentThread());
        return new Ok(Payload.text(text));
    }

    private static Outcome failed(String message) {
        return new Failed(FailedCode.NOT_FOUND, message, false);
    }

    private static Outcome refused() {
        return new Denied(DeniedCode.POLICY, "no", Map.of("rule", "r"));
    }

    private LaneSampling sampling(int oneIn) {
        return new LaneSampling(
                oneIn, (hostcall, fast, compat) -> diverged.add(hostcall.op().name() + " " + fast + " " + compat));
    }

    private HostcallRouter router(LaneSampling sampling) {
        return router(ops, sampling);
    }

    private HostcallRouter router(OpTable table, LaneSampling sampling) {
        return new HostcallRouter(
                table,
                Reactor.shared(ReactorSettings.DEFAULT, new ServiceThreads(2), System::nanoTime),
                Routers.control(LaneOverride.UNSET, System::nanoTime),
                sampling,
                (_, op, _) -> denied.add(op),
                System::nanoTime);
    }

    private static GuestSide guest(HostcallRouter router) {
        return new GuestSide(port(router));
    }

    private static ExtensionPort port(HostcallRouter router) {
        return router.portFor(
                new Policy(Profile.BALANCED, Map.of()).resolve("notes", Map.of("log", new Capability("log", Map.of()))),
                QuotaLimits.DEFAULT);
    }

    private static Hostcall hostcall(String op) {
        return new Hostcall(
                new Frame(7, "notes", Entry.command("run"), 1, Long.MAX_VALUE), OpRef.unknown(op), Payload.EMPTY);
    }

    @Test
    void oneInSoManyIsComparedAndTheGuestHearsOfTheFastLaneAlone() {
        LaneSampling sampling = sampling(3);
        try (HostcallRouter router = router(sampling)) {
            for (int i = 0; i < 9; i++) {
                assertThat(guest(router).call(hostcall("agrees"))).isEqualTo(new Ok(Payload.text("1")));
            }
        }
        assertThat(compatRuns).hasValue(3);
        assertThat(sampling.compared()).isEqualTo(3);
        assertThat(sampling.diverged()).isZero();
    }

    @Test
    void aListenerThatThrowsTakesNoAnswerFromTheGuestAndLeavesNothingInFlight() {
        LaneSampling sampling = new LaneSampling(1, (_, _, _) -> {
            throw new IllegalArgumentException("of the test");
        });
        try (HostcallRouter router = router(sampling)) {
            ExtensionPort port = port(router);
            for (String op : List.of("planted", "kind", "slow", "quick", "throws")) {
                assertThat(new GuestSide(port).call(hostcall(op))).as(op).isEqualTo(new Ok(Payload.text("1")));
            }
            assertThat(port.inFlight()).isZero();
        }
        assertThat(sampling.diverged()).isEqualTo(5);
    }

    @Test
    void whatIsToldIsCutBetweenCharactersAndNotWithinOne() {
        List<String> told = new ArrayList<>();
        LaneSampling sampling = new LaneSampling(1, (_, fast, _) -> told.add(fast));
        for (int pad = 0; pad < 2; pad++) {
            String message = "x".repeat(pad) + "\uD83D\uDD14".repeat(200);
            OpTable table = new OpTable(List.of(Op.immediate("bells", "log", _ -> failed(message), _ -> ok("1"))
                    .reading()));
            try (HostcallRouter router = router(table, sampling)) {
                assertThat(guest(router).call(hostcall("bells"))).isEqualTo(failed(message));
            }
        }
        assertThat(told).hasSize(2).allSatisfy(text -> {
            assertThat(text.codePoints()).allMatch(LedgerEvent::isFit);
            assertThat(text).endsWith("...").hasSizeBetween(190, 203);
        });
    }

    @Test
    void switchedOffNothingIsCompared() {
        try (HostcallRouter router = router(LaneSampling.OFF)) {
            guest(router).call(hostcall("agrees"));
        }
        assertThat(compatRuns).hasValue(0);
        assertThat(LaneSampling.OFF.compared()).isZero();
    }

    @Test
    void whatDiffersIsToldWithBothAnswers() {
        LaneSampling sampling = sampling(1);
        try (HostcallRouter router = router(sampling)) {
            for (String op : List.of("planted", "kind", "slow", "quick", "throws")) {
                assertThat(guest(router).call(hostcall(op))).isEqualTo(new Ok(Payload.text("1")));
            }
        }
        assertThat(sampling.diverged()).isEqualTo(5);
        assertThat(diverged).hasSize(5).allMatch(said -> said.contains("Ok["));
        assertThat(diverged)
                .extracting(said -> said.split(" ", 2)[0])
                .containsExactly("planted", "kind", "slow", "quick", "throws");
    }

    @Test
    void messagesMayDiffer() {
        LaneSampling sampling = sampling(1);
        try (HostcallRouter router = router(sampling)) {
            assertThat(guest(router).call(hostcall("words"))).isEqualTo(failed("one word"));
        }
        assertThat(sampling.compared()).isEqualTo(1);
        assertThat(diverged).isEmpty();
    }

    @Test
    void whatChangesSomethingIsCarriedOutOnce() {
        try (HostcallRouter router = router(sampling(1))) {
            guest(router).call(hostcall("writes"));
        }
        assertThat(fastRuns).hasValue(1);
        assertThat(compatRuns).hasValue(0);
    }

    @Test
    void whatChangesMeanwhileIsNoDivergence() {
        LaneSampling sampling = sampling(1);
        try (HostcallRouter router = router(sampling)) {
            guest(router).call(hostcall("changes"));
        }
        assertThat(sampling.compared()).isEqualTo(1);
        assertThat(diverged).isEmpty();
    }

    @Test
    void aRefusalIsRecordedOnce() {
        try (HostcallRouter router = router(sampling(1))) {
            assertThat(guest(router).call(hostcall("denies"))).isEqualTo(refused());
        }
        assertThat(denied).containsExactly("denies");
    }

    /// The other lane may have to wait for what the fast one knows at once.
    @Test
    void whatMayWaitIsComparedOnAThreadOfTheHosts() {
        try (HostcallRouter router = router(sampling(1))) {
            guest(router).call(hostcall("quick"));
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            guest(router).submit(hostcall("slow"), outcome::complete);
            assertThat(outcome.join()).isEqualTo(new Ok(Payload.text("1")));
        }
        assertThat(compatThreads).isNotEmpty().doesNotContain(Thread.currentThread());
    }

    @Test
    void theNumberIsNotBelowZero() {
        assertThatThrownBy(() -> sampling(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("oneIn=-1");
    }
}
