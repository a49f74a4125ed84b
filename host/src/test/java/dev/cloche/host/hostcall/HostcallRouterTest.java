package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.reactor.ReactorSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

@Timeout(30)
class HostcallRouterTest {
    private static final Payload ANSWER = Payload.text("{}");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private QuotaLimits quota = QuotaLimits.DEFAULT;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);

    private final OpTable ops = new OpTable(List.of(
            op("quick", "log", false, _ -> new Ok(ANSWER)),
            op("kv.get", "kv.read", true, _ -> new Ok(ANSWER)),
            op("kv.set", "kv.write", true, _ -> new Ok(ANSWER)),
            op("gated", "kv.read", true, _ -> {
                entered.countDown();
                gate.await();
                return new Ok(ANSWER);
            }),
            op("stubborn", "kv.read", true, _ -> {
                entered.countDown();
                awaitUninterruptibly(gate);
                return new Ok(ANSWER);
            }),
            op("broken", "log", false, _ -> {
                throw new IllegalStateException("secret of the host");
            }),
            op("deep", "log", false, HostcallRouterTest::overflow),
            op("picky", "log", false, _ -> {
                throw new InvalidRequestException("picky: the field must be a string, field=key found=number");
            }),
            op("whose", "log", false, hostcall -> new Ok(Payload.text(hostcall.extension())))));

    private static Op op(String name, String capability, boolean canBlock, OpHandler handler) {
        return canBlock
                ? Op.blocking(name, capability, handler, handler)
                : Op.immediate(name, capability, handler, handler);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException _) {
                // Stubborn: this is what the test is about.
            }
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static Outcome overflow(Admitted hostcall) {
        return overflow(hostcall);
    }

    private HostcallRouter router(QuotaLimits limits) {
        return router(limits, new ReactorSettings(1, 4, 6));
    }

    private HostcallRouter router(QuotaLimits limits, ReactorSettings settings) {
        quota = limits;
        return Routers.of(ops, nanos::get, settings, LaneOverride.UNSET);
    }

    private GuestSide port(HostcallRouter router, String extension, String... capabilities) {
        Map<String, Capability> requested = new java.util.TreeMap<>();
        for (String capability : capabilities) {
            requested.put(capability, new Capability(capability, Map.of()));
        }
        return new GuestSide(
                router.portFor(new Policy(Profile.BALANCED, Map.of()).resolve(extension, requested), quota));
    }

    private static Hostcall hostcall(String op) {
        return new Hostcall(new Frame(7, "someone-else", Entry.command("run"), 1, 0), OpRef.unknown(op), Payload.EMPTY);
    }

    @Test
    void carriesOutWhatPolicyAllows() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            assertThat(port(router, "notes", "kv.read").call(hostcall("kv.get")))
                    .isEqualTo(new Ok(ANSWER));
        }
    }

    @Test
    void deniesWhatTheManifestDoesNotAskFor() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            Outcome outcome = port(router, "notes", "kv.read").call(hostcall("kv.set"));
            assertThat(outcome)
                    .isEqualTo(new Denied(
                            DeniedCode.POLICY,
                            "the manifest does not ask for kv.write; add it to \"capabilities\" in cloche.json, "
                                    + "extension=notes capability=kv.write",
                            Map.of("capability", "kv.write", "rule", "manifest.missing")));
        }
    }

    @Test
    void saysADenialOnceInTheLog() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ExtensionPort.class);
        log.start();
        logger.addAppender(log);
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            GuestSide port = port(router, "notes", "kv.read");
            port.call(hostcall("kv.set"));
            port.call(hostcall("kv.set"));
            port.call(hostcall("kv.get"));
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("hostcall: denied, said once: the manifest does not ask for kv.write; add it to"
                        + " \"capabilities\" in cloche.json, extension=notes capability=kv.write op=kv.set");
    }

    @ParameterizedTest
    @CsvSource({
        "kv.gte, did you mean kv.get?",
        "kvget, did you mean kv.get?",
        "quik, did you mean quick?",
        "completely.different, the host does not have it",
        "'', the host does not have it"
    })
    void namesTheNearestKnownOperation(String op, String hint) {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            assertThat(port(router, "notes").call(hostcall(op)))
                    .isEqualTo(new Failed(
                            FailedCode.UNSUPPORTED, "there is no such operation; " + hint + ", op=" + op, false));
        }
    }

    @Test
    void showsAnUnknownNameShortAndOnOneLine() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            assertThat(port(router, "notes").call(hostcall("a\nb" + "x".repeat(10_000))))
                    .isEqualTo(new Failed(
                            FailedCode.UNSUPPORTED,
                            "there is no such operation; the host does not have it, op=a?b" + "x".repeat(61) + "...",
                            false));
        }
    }

    @Test
    void goesByThePortsExtensionWhateverTheFrameSays() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            assertThat(port(router, "notes", "log").call(hostcall("whose"))).isEqualTo(new Ok(Payload.text("notes")));
        }
    }

    @ParameterizedTest
    @CsvSource({"broken", "deep"})
    void keepsAServicesFailureInside(String op) {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            GuestSide port = port(router, "notes", "log");
            Failed failed = new Failed(
                    FailedCode.INTERNAL,
                    "the host could not carry the operation out; its log says why, op=" + op,
                    false);
            assertThat(port.call(hostcall(op))).isEqualTo(failed);
            CompletableFuture<Outcome> submitted = new CompletableFuture<>();
            port.submit(hostcall(op), submitted::complete);
            assertThat(submitted).isCompletedWithValue(failed);
        }
    }

    @Test
    void tellsTheGuestWhatIsWrongWithItsRequest() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            assertThat(port(router, "notes", "log").call(hostcall("picky")))
                    .isEqualTo(new Failed(
                            FailedCode.INVALID_REQUEST,
                            "picky: the field must be a string, field=key found=number",
                            false));
        }
    }

    @Test
    void interruptedOperationIsCancelledAndTheFlagKept() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            Thread.currentThread().interrupt();
            Outcome outcome = port(router, "notes", "kv.read").call(hostcall("gated"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(outcome)
                    .isEqualTo(new Failed(FailedCode.CANCELLED, "the operation was interrupted, op=gated", false));
        }
    }

    private static QuotaLimits limits(long perSecond) {
        return QuotaLimits.DEFAULT.withPerSecond(perSecond);
    }

    @Test
    void deniesPastTheRateAndLetsInAgainAfterTheTimeItNames() {
        try (HostcallRouter router = router(limits(5))) {
            GuestSide port = port(router, "notes", "log");
            for (int i = 0; i < 5; i++) {
                assertThat(port.call(hostcall("quick"))).isInstanceOf(Ok.class);
            }
            assertThat(port.call(hostcall("quick")))
                    .isEqualTo(new Denied(
                            DeniedCode.QUOTA,
                            "too many hostcalls; call less often, extension=notes per_second=5 retry_after_ms=200",
                            Map.of("quota", "per_second", "limit", "5", "retry_after_ms", "200")));
            nanos.addAndGet(199_999_999);
            assertThat(port.call(hostcall("quick"))).isInstanceOf(Denied.class);
            nanos.addAndGet(1);
            assertThat(port.call(hostcall("quick"))).isInstanceOf(Ok.class);
            assertThat(port.call(hostcall("quick"))).isInstanceOf(Denied.class);
            assertThat(port(router, "weather", "log").call(hostcall("quick")))
                    .as("another extension has its own")
                    .isInstanceOf(Ok.class);
        }
    }

    @Test
    void keepsUpTheRateOverALongTime() {
        try (HostcallRouter router = router(limits(1_000))) {
            GuestSide port = port(router, "notes", "log");
            int admitted = 0;
            for (int i = 0; i < 50_000; i++) {
                admitted += port.call(hostcall("quick")) instanceof Ok ? 1 : 0;
                nanos.addAndGet(100_000);
            }
            assertThat(admitted)
                    .as("a second's worth at once, then five seconds")
                    .isBetween(5_990, 6_000);
        }
    }

    @Test
    void deniesPastTheRateOfAMinuteAndTakesNothingOfTheOthers() {
        try (HostcallRouter router = router(limits(10).withPerMinute(3))) {
            GuestSide port = port(router, "notes", "log");
            for (int i = 0; i < 3; i++) {
                assertThat(port.call(hostcall("quick"))).isInstanceOf(Ok.class);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(port.call(hostcall("quick")))
                        .isInstanceOfSatisfying(
                                Denied.class,
                                denied -> assertThat(denied.details())
                                        .containsEntry("quota", "per_minute")
                                        .containsEntry("retry_after_ms", "20000"));
            }
            nanos.addAndGet(20_000_000_000L);
            assertThat(port.call(hostcall("quick"))).isInstanceOf(Ok.class);
        }
    }

    @Test
    void bytesOfRequestsAndAnswersAreOwedAndKeepLaterHostcallsOut() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT.withBytesPerMinute(60))) {
            GuestSide port = port(router, "notes", "log");
            Hostcall large = new Hostcall(
                    new Frame(7, "x", Entry.command("run"), 1, 0),
                    OpRef.unknown("quick"),
                    Payload.text("x".repeat(100)));
            assertThat(port.call(large)).as("on credit").isInstanceOf(Ok.class);
            assertThat(port.call(hostcall("quick")))
                    .isInstanceOfSatisfying(
                            Denied.class,
                            denied -> assertThat(denied.details())
                                    .isEqualTo(Map.of("quota", "bytes", "limit", "60", "retry_after_ms", "42000")));
            nanos.addAndGet(42_000_000_000L);
            assertThat(port.call(hostcall("quick"))).isInstanceOf(Ok.class);
        }
    }

    @Test
    void deniesMoreInFlightThanTheQuotaAndCountsEachOutAgain() throws InterruptedException {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT.withInFlight(1))) {
            GuestSide port = port(router, "notes", "log", "kv.read");
            CompletableFuture<Outcome> first = new CompletableFuture<>();
            port.submit(hostcall("gated"), first::complete);
            entered.await();
            assertThat(port.call(hostcall("kv.get")))
                    .isEqualTo(new Denied(
                            DeniedCode.QUOTA,
                            "too many hostcalls at a time; await some of them first, extension=notes in_flight=1",
                            Map.of("quota", "in_flight", "limit", "1", "retry_after_ms", "1")));
            assertThat(port.call(hostcall("quick"))).as("is over at once").isInstanceOf(Ok.class);
            gate.countDown();
            assertThat(first).succeedsWithin(10, TimeUnit.SECONDS).isInstanceOf(Ok.class);
            for (int i = 0; i < 10; i++) {
                assertThat(port.call(hostcall("kv.get"))).isInstanceOf(Ok.class);
            }
        }
    }

    @Test
    void completesWhatCannotBlockOnTheCallersThread() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            port(router, "notes", "log").submit(hostcall("quick"), _ -> thread.complete(Thread.currentThread()));
            assertThat(thread).isCompletedWithValue(Thread.currentThread());
        }
    }

    @Test
    void carriesOutWhatCanBlockOnAVirtualThread() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            port(router, "notes", "kv.read").submit(hostcall("kv.get"), _ -> thread.complete(Thread.currentThread()));
            assertThat(thread).succeedsWithin(10, TimeUnit.SECONDS).matches(Thread::isVirtual);
        }
    }

    @Test
    void fullLaneOfAnIsolateRefusesAtOnce() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            List<Outcome> outcomes = submit(port(router, "notes", "kv.read"), "gated", 5);
            assertThat(outcomes)
                    .containsExactly(new Denied(
                            DeniedCode.BACKPRESSURE,
                            "too many hostcalls are under way; await some of them first, scope=lane shard=0 depth=4"
                                    + " capacity=4",
                            Map.of("scope", "lane", "shard", "0", "depth", "4", "capacity", "4")));
            gate.countDown();
        }
    }

    @Test
    void fullShardRefusesAtOnceWhoeverFilledIt() {
        try (HostcallRouter router = router(QuotaLimits.DEFAULT)) {
            assertThat(submit(port(router, "notes", "kv.read"), "gated", 4)).isEmpty();
            assertThat(submit(port(router, "weather", "kv.read"), "gated", 3))
                    .containsExactly(new Denied(
                            DeniedCode.BACKPRESSURE,
                            "too many hostcalls are under way; await some of them first, scope=shard shard=0 depth=6"
                                    + " capacity=6",
                            Map.of("scope", "shard", "shard", "0", "depth", "6", "capacity", "6")));
            gate.countDown();
        }
    }

    private static List<Outcome> submit(GuestSide port, String op, int times) {
        List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < times; i++) {
            port.submit(hostcall(op), outcomes::add);
        }
        return outcomes;
    }

    @Test
    void eachSubmissionIsCompletedExactlyOnceUnderLoadAndClosing() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
            AtomicInteger completions = new AtomicInteger();
            HostcallRouter router = router(QuotaLimits.DEFAULT.withInFlight(64), new ReactorSettings(1, 32, 48));
            List<Thread> submitters = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                GuestSide port = port(router, "notes-" + t, "kv.read");
                submitters.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 200; i++) {
                        port.submit(hostcall("kv.get"), outcome -> {
                            completions.incrementAndGet();
                            outcomes.add(outcome);
                        });
                    }
                }));
            }
            if (round % 2 == 1) {
                router.close();
            }
            for (Thread submitter : submitters) {
                submitter.join();
            }
            router.close();
            assertThat(completions).as("round %d", round).hasValue(800);
            assertThat(outcomes).hasSize(800);
        }
    }

    @Test
    void closingInterruptsWhatWaitsAndAnswersIt() throws InterruptedException {
        HostcallRouter router = router(QuotaLimits.DEFAULT);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        port(router, "notes", "kv.read").submit(hostcall("gated"), outcome::complete);
        entered.await();
        router.close();
        assertThat(outcome)
                .isCompletedWithValue(
                        new Failed(FailedCode.CANCELLED, "the operation was interrupted, op=gated", false));
    }

    @Test
    void closingAnswersOnBehalfOfAServiceThatDoesNotAndOnlyOnce() throws InterruptedException {
        HostcallRouter router = router(QuotaLimits.DEFAULT);
        List<Outcome> outcomes = submit(port(router, "notes", "kv.read"), "stubborn", 1);
        entered.await();
        router.close();
        Outcome closing = new Failed(FailedCode.CANCELLED, "the host is closing; nothing more is carried out", false);
        assertThat(outcomes).containsExactly(closing);
        gate.countDown();
        router.close();
        assertThat(outcomes).containsExactly(closing);
    }

    @Test
    void closedRouterCarriesNothingOut() {
        HostcallRouter router = router(QuotaLimits.DEFAULT);
        GuestSide port = port(router, "notes", "log", "kv.read");
        router.close();
        Outcome closing = new Failed(FailedCode.CANCELLED, "the host is closing; nothing more is carried out", false);
        assertThat(port.call(hostcall("quick"))).isEqualTo(closing);
        assertThat(submit(port, "kv.get", 1)).containsExactly(closing);
    }

    @Test
    void refusesTwoOperationsOfOneName() {
        Op op = op("kv.get", "kv.read", true, _ -> new Ok(ANSWER));
        assertThatThrownBy(() -> new OpTable(List.of(op, op)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("op=kv.get");
    }

    @Test
    void defaultsAreGenerous() {
        assertThat(QuotaLimits.DEFAULT).isEqualTo(new QuotaLimits(100_000, 3_000_000, 1_024, 4L << 30, 4));
        assertThat(ReactorSettings.DEFAULT).isEqualTo(new ReactorSettings(1, 64, 1_024));
    }
}
