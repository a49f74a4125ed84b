package dev.cloche.host.hostcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.frame.Lineage;
import dev.cloche.host.frame.Occupancy;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.Ok;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.reactor.Reactor;
import dev.cloche.host.reactor.ReactorSettings;
import dev.cloche.host.reactor.ServiceThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole way of hostcalls with everything changing at once: lanes, rules, limits, guests that give up, isolates
/// that go, a host that closes. Each hostcall is answered once, and nothing stays counted. Replay a run with its seed.
@Timeout(240)
class HostcallStressTest {
    private static final int SEEDS = 60;
    private static final int GUESTS = 6;
    private static final int HOSTCALLS = 1_500;
    private static final List<String> OPS =
            List.of("now", "slow", "quick", "nests", "throws", "reads", "no.such.op", "interrupts");

    private static PolicyTable policy(boolean all) {
        Map<String, Capability> asked = Map.of(
                "log", new Capability("log", Map.of()),
                "clock", new Capability("clock", Map.of()),
                "env.read", new Capability("env.read", Map.of()));
        Map<String, List<Capability>> grants =
                all ? Map.of("notes", List.of(new Capability("env.read", Map.of()))) : Map.of();
        return new Policy(Profile.BALANCED, grants).resolve("notes", asked);
    }

    /// How often places were left and taken again.
    private static final class Places implements Occupancy {
        private final AtomicInteger away = new AtomicInteger();
        private final AtomicInteger below = new AtomicInteger();

        @Override
        public void suspend() {
            away.incrementAndGet();
        }

        @Override
        public void resume() {
            if (away.decrementAndGet() < 0) {
                below.incrementAndGet();
            }
        }
    }

    /// What becomes of one hostcall.
    private record Asked(String op, AtomicInteger answers) {}

    private static final class Run {
        private final long seed;
        private final AtomicLong begun = new AtomicLong();
        private final AtomicLong ended = new AtomicLong();
        private final Places places = new Places();
        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
        private final Queue<Asked> all = new ConcurrentLinkedQueue<>();
        private final CountDownLatch done = new CountDownLatch(GUESTS);
        private final LaneControl lanes;
        private final Reactor reactor;
        private final HostcallRouter router;
        private final ExtensionPort port;

        Run(long seed) {
            this.seed = seed;
            OpTable ops = new OpTable(List.of(
                    Op.immediate("now", "clock", _ -> ok(), _ -> ok()),
                    Op.blocking("slow", "log", this::slow, this::slow),
                    Op.blocking("quick", "env.read", this::slow, this::slow).quickly(this::sometimes),
                    Op.nesting("nests", "log", this::slow, this::slow),
                    Op.blocking("throws", "log", HostcallStressTest::thrown, HostcallStressTest::thrown),
                    Op.blocking("reads", "env.read", _ -> ok(), _ -> ok()).reading(),
                    Op.blocking("interrupts", "log", HostcallStressTest::interrupt, HostcallStressTest::interrupt)));
            this.lanes = new LaneControl(
                    LaneOverride.UNSET,
                    new OverloadSettings(true, 20, Duration.ofMillis(5), Duration.ofMillis(1)),
                    System::nanoTime,
                    () -> 0,
                    _ -> {});
            this.reactor = Reactor.shared(new ReactorSettings(2, 8, 20), new ServiceThreads(2), System::nanoTime);
            this.router = new HostcallRouter(
                    ops,
                    reactor,
                    lanes,
                    new LaneSampling(3, (_, _, _) -> wrong.add("lanes differ")),
                    (_, _, _) -> {},
                    System::nanoTime);
            this.port = router.portFor(policy(true), QuotaLimits.DEFAULT);
        }

        private Outcome slow(Admitted hostcall) {
            begun.incrementAndGet();
            try {
                if (hostcall.request().size() % 3 == 0) {
                    LockSupport.parkNanos(50_000);
                }
                return ok();
            } finally {
                ended.incrementAndGet();
            }
        }

        private @Nullable Outcome sometimes(Admitted hostcall) {
            return hostcall.request().size() % 2 == 0 ? ok() : null;
        }

        private void guest(long own) {
            var random = new Random(own);
            List<Waiting> waiting = new ArrayList<>();
            HostcallChannel channel = port.open();
            try {
                for (int i = 0; i < HOSTCALLS; i++) {
                    ask(channel, random, waiting);
                    if (random.nextInt(40) == 0) {
                        // An isolate that is stopped goes without a word.
                        channel.close();
                        channel = port.open();
                    }
                    if (random.nextInt(4) == 0 && !waiting.isEmpty()) {
                        waiting.remove(random.nextInt(waiting.size())).cancel();
                    }
                }
            } catch (RuntimeException | Error e) {
                wrong.add(e.toString());
            } finally {
                channel.close();
                done.countDown();
            }
        }

        private void ask(HostcallChannel channel, Random random, List<Waiting> waiting) {
            Asked asked = new Asked(OPS.get(random.nextInt(OPS.size())), new AtomicInteger());
            all.add(asked);
            Hostcall hostcall = new Hostcall(
                    new Frame(1, "notes", Entry.command("run"), 1, Long.MAX_VALUE, places, Lineage.NONE),
                    port.resolve(asked.op),
                    Payload.wrap(new byte[random.nextInt(7)]));
            boolean awaits = random.nextInt(3) == 0;
            Progress progress =
                    awaits ? channel.begin(hostcall) : channel.submit(hostcall, outcome -> told(asked, outcome));
            switch (progress) {
                case Outcome outcome -> told(asked, outcome);
                case Waiting under -> {
                    if (under.onCaller() || awaits) {
                        if (random.nextInt(8) == 0) {
                            Thread.currentThread().interrupt();
                        }
                        told(asked, under.await());
                        boolean _ = Thread.interrupted();
                    } else {
                        waiting.add(under);
                    }
                }
            }
        }

        private void told(Asked asked, Outcome outcome) {
            asked.answers.incrementAndGet();
            boolean fits = switch (outcome) {
                case Ok _, Failed _ -> true;
                case Denied denied -> denied.code() != Outcome.DeniedCode.KILLED;
                case Outcome.Chunk _ -> false;
            };
            if (!fits) {
                wrong.add(asked.op + " " + outcome);
            }
        }

        /// Says one thing after the other while guests run.
        private void operate(Random random, int closeAfter) {
            for (int i = 0; done.getCount() > 0; i++) {
                switch (random.nextInt(5)) {
                    case 0 -> lanes.force(new LaneForce("notes", "drill", "user", 0));
                    case 1 -> lanes.revert("notes");
                    case 2 -> lanes.force(new LaneForce(LaneForce.EVERY, "drill", "user", 0));
                    case 3 -> lanes.revert(LaneForce.EVERY);
                    default ->
                        port.change(
                                policy(random.nextBoolean()),
                                QuotaLimits.DEFAULT
                                        .withInFlight(1 + random.nextInt(30))
                                        .withPerSecond(1 + random.nextInt(1_000_000)));
                }
                if (i == closeAfter) {
                    router.close();
                }
                Thread.onSpinWait();
            }
        }

        private void run() throws InterruptedException {
            var random = new Random(seed);
            List<Thread> guests = LongStream.range(0, GUESTS)
                    .mapToObj(guest -> (guest % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual())
                            .start(() -> guest(seed * GUESTS + guest)))
                    .toList();
            operate(random, seed % 3 == 0 ? random.nextInt(20_000) : -1);
            for (Thread guest : guests) {
                guest.join();
            }
            router.close();
        }

        private void check() {
            assertThat(wrong).as("seed=%d", seed).isEmpty();
            assertThat(all.stream().filter(asked -> asked.answers.get() != 1))
                    .as("answered once, seed=%d", seed)
                    .isEmpty();
            assertThat(all).hasSize(GUESTS * HOSTCALLS);
            assertThat(begun).as("seed=%d", seed).hasValue(ended.get());
            assertThat(port.inFlight()).as("in flight, seed=%d", seed).isZero();
            assertThat(places.away).as("places left, seed=%d", seed).hasValue(0);
            assertThat(places.below).as("places taken twice, seed=%d", seed).hasValue(0);
            assertThat(reactor.stats()).as("seed=%d", seed).allMatch(shard -> shard.depth() == 0);
            HostcallCounts counts = port.tally().counts();
            assertThat(counts.immediate() + counts.queued() + counts.compat())
                    .as("seed=%d", seed)
                    .isLessThanOrEqualTo(all.size());
        }
    }

    private static Outcome ok() {
        return new Ok(Payload.text("1"));
    }

    private static Outcome thrown(Admitted hostcall) {
        throw new InvalidRequestException("of the test");
    }

    private static Outcome interrupt(Admitted hostcall) throws InterruptedException {
        throw new InterruptedException("of the test");
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverChangesMeanwhileEachIsAnsweredOnceAndNothingStaysCounted(long seed) throws InterruptedException {
        Run run = new Run(seed);
        run.run();
        run.check();
    }
}
