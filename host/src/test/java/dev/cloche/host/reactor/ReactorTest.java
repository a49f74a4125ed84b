package dev.cloche.host.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.reactor.Envelope.Withdrawal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A reactor without threads: each step is the test's.
@Timeout(60)
class ReactorTest {
    private static final int SEEDS = 200;
    private static final String CLOSED = Withdrawal.CLOSED.name();
    private static final String CANCELLED = Withdrawal.CANCELLED.name();

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 100);

    private Reactor stepped(int shards, int lane, int shard) {
        return Reactor.stepped(new ReactorSettings(shards, lane, shard), nanos::getAndIncrement);
    }

    private static Probe probe() {
        return new Probe(() -> "done");
    }

    private static Probe taken(Lane lane) {
        Probe probe = probe();
        assertThat(lane.offer(probe, true)).isEqualTo(Offer.TAKEN);
        return probe;
    }

    private static void assertAnswered(Probe probe, String answer) {
        assertThat(probe.answer()).isEqualTo(answer);
        assertThat(probe.answers()).isEqualTo(1);
        assertThat(probe.ends()).isEqualTo(1);
        assertThat(probe.endedLate()).isFalse();
        assertThat(probe.answered()).isTrue();
    }

    /// Offers and steps at random, work that offers more included, against a plain queue.
    private List<Long> order(long seed, int shards) {
        var random = new Random(seed);
        Reactor reactor = stepped(shards, 8, 64);
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            lanes.add(reactor.open());
        }
        List<Long> done = new ArrayList<>();
        List<Probe> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            if (random.nextInt(4) > 0) {
                offer(lanes, random, done, all);
            } else {
                reactor.step(random.nextInt(5));
            }
        }
        while (reactor.step(7) > 0) {
            assertThat(done).isNotEmpty();
        }
        assertThat(all).allSatisfy(probe -> assertAnswered(probe, "done"));
        assertThat(done).as("seed=%d shards=%d", seed, shards).isEqualTo(upTo(all.size()));
        assertThat(reactor.admitted()).isEqualTo(all.size());
        assertThat(all).extracting(Probe::sequence).isSorted();
        return done;
    }

    private static void offer(List<Lane> lanes, Random random, List<Long> done, List<Probe> all) {
        Probe[] self = new Probe[1];
        Probe offered = new Probe(() -> {
            done.add(self[0].sequence());
            if (random.nextInt(5) == 0) {
                offer(lanes, random, done, all);
            }
            return "done";
        });
        self[0] = offered;
        if (lanes.get(random.nextInt(lanes.size())).offer(offered, random.nextInt(3) > 0) instanceof Offer.Taken) {
            all.add(offered);
        }
    }

    private static List<Long> upTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void stepsGoInTheOrderOfAdmissionOverAllShards(int shards) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThat(order(seed, shards)).isEqualTo(order(seed, shards));
        }
    }

    @Test
    void aStepDoesNoMoreThanItIsAskedFor() {
        Reactor reactor = stepped(2, 4, 8);
        List<Lane> lanes = List.of(reactor.open(), reactor.open(), reactor.open());
        List<Probe> probes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            probes.add(taken(lanes.get(i % 3)));
        }
        assertThat(reactor.step(0)).isZero();
        for (int i = 0; i < 9; i++) {
            assertThat(reactor.step(1)).isEqualTo(1);
            assertThat(probes.stream().filter(probe -> probe.answers() == 1)).hasSize(i + 1);
            assertThat(probes.get(i).answers()).isEqualTo(1);
        }
        assertThat(reactor.step(1)).isZero();
    }

    /// Whenever the reactor is closed: what was stepped has its work's answer, the rest is withdrawn, all just once.
    @Test
    void closingAfterAnyNumberOfStepsAnswersEachOnce() {
        for (int shards = 1; shards <= 4; shards++) {
            for (int steps = 0; steps <= 24; steps++) {
                closeAfter(steps, shards);
            }
        }
    }

    private void closeAfter(int steps, int shards) {
        Reactor reactor = stepped(shards, 4, 24);
        List<Probe> probes = new ArrayList<>();
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            if (i < 6) {
                lanes.add(reactor.open());
            }
            probes.add(taken(lanes.get(i % 6)));
        }
        assertThat(reactor.step(steps)).isEqualTo(steps);
        reactor.close();
        reactor.step(100);
        assertThat(lanes.getFirst().offer(probe(), true)).isEqualTo(Offer.CLOSED);
        assertThat(reactor.open().offer(probe(), true)).isEqualTo(Offer.CLOSED);
        reactor.close();
        for (int i = 0; i < 24; i++) {
            assertAnswered(probes.get(i), i < steps ? "done" : CLOSED);
            assertThat(probes.get(i).begun()).isEqualTo(i < steps ? 1 : 0);
        }
        assertThat(reactor.stats())
                .extracting(ShardStats::depth)
                .as("steps=%d", steps)
                .containsOnly(0);
        assertThat(reactor.stats().stream().mapToLong(ShardStats::answered).sum())
                .isEqualTo(steps);
        assertThat(reactor.stats().stream().mapToLong(ShardStats::dispatched).sum())
                .isEqualTo(24);
    }

    @Test
    void withdrawnAtAnyPointItIsAnsweredOnceAndKeepsItsPlaceUntilTheShardComesBy() {
        Reactor reactor = stepped(1, 2, 2);
        Lane lane = reactor.open();
        Probe first = taken(lane);
        Probe second = taken(lane);
        first.withdraw(Withdrawal.CANCELLED);
        first.withdraw(Withdrawal.CLOSED);
        assertAnswered(first, CANCELLED);
        assertThat(lane.depth()).isEqualTo(2);
        assertThat(lane.offer(probe(), true)).isEqualTo(new Offer.Full("lane", 0, 2, 2));
        assertThat(reactor.step(1)).isEqualTo(1);
        assertThat(first.begun()).isZero();
        assertThat(lane.depth()).isEqualTo(1);
        reactor.step(1);
        second.withdraw(Withdrawal.CANCELLED);
        assertAnswered(second, "done");
        assertThat(lane.depth()).isZero();
    }

    @Test
    void workThatWithdrawsItselfIsAnsweredAsWithdrawnAndItsResultDropped() {
        Reactor reactor = stepped(1, 2, 2);
        Probe[] self = new Probe[1];
        List<Boolean> interrupted = new ArrayList<>();
        self[0] = new Probe(() -> {
            self[0].withdraw(Withdrawal.CANCELLED);
            interrupted.add(Thread.currentThread().isInterrupted());
            return "done";
        });
        assertThat(reactor.open().offer(self[0], true)).isEqualTo(Offer.TAKEN);
        reactor.step(1);
        assertThat(interrupted).containsExactly(true);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertAnswered(self[0], CANCELLED);
        assertThat(reactor.stats().getFirst().answered()).isZero();
        assertThat(reactor.stats().getFirst().depth()).isZero();
    }

    @Test
    void oneThatWasWithdrawnBeforeItIsOfferedIsRefusedAndNotAnswered() {
        Reactor reactor = stepped(1, 2, 2);
        Probe probe = probe();
        probe.withdraw(Withdrawal.CANCELLED);
        probe.withdraw(Withdrawal.CANCELLED);
        Lane lane = reactor.open();
        assertThat(lane.offer(probe, true)).isEqualTo(Offer.CLOSED);
        assertThat(probe.answers()).isZero();
        assertThat(probe.ends()).isZero();
        assertThat(lane.depth()).isZero();
        assertThat(reactor.admitted()).isZero();
        assertThat(reactor.stats().getFirst().depth()).isZero();
    }

    @Test
    void whatThereIsNoRoomForIsRefusedAndTakesNoSequence() {
        Reactor reactor = stepped(1, 4, 6);
        Lane one = reactor.open();
        Lane other = reactor.open();
        for (int i = 0; i < 4; i++) {
            taken(one);
        }
        Probe refused = probe();
        assertThat(one.offer(refused, true)).isEqualTo(new Offer.Full("lane", 0, 4, 4));
        taken(other);
        taken(other);
        assertThat(other.offer(refused, true)).isEqualTo(new Offer.Full("shard", 0, 6, 6));
        assertThat(other.depth()).isEqualTo(2);
        Probe nesting = probe();
        assertThat(other.offer(nesting, false)).as("not counted").isEqualTo(Offer.TAKEN);
        assertThat(nesting.sequence()).isEqualTo(7);
        assertThat(nesting.shardSequence()).isEqualTo(7);
        assertThat(other.offer(probe(), false)).isEqualTo(Offer.TAKEN);
        assertThat(other.offer(refused, false)).as("the lane bounds all").isInstanceOf(Offer.Full.class);
        ShardStats stats = reactor.stats().getFirst();
        assertThat(stats.depth()).isEqualTo(6);
        assertThat(stats.highWater()).isEqualTo(6);
        assertThat(stats.rejected()).isEqualTo(3);
        assertThat(stats.admitted()).isEqualTo(8);
        assertThat(refused.answers()).isZero();
        assertThat(reactor.step(100)).isEqualTo(8);
        assertThat(one.offer(refused, true)).as("may be offered again").isEqualTo(Offer.TAKEN);
    }

    @Test
    void lanesGoToShardsInTurnAndSequencesHaveNoGaps() {
        Reactor reactor = stepped(3, 4, 16);
        List<Probe> probes = new ArrayList<>();
        List<Integer> shards = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Lane lane = reactor.open();
            shards.add(lane.shard());
            probes.add(taken(lane));
        }
        assertThat(shards).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
        assertThat(probes).extracting(Probe::sequence).containsExactlyElementsOf(upTo(9));
        assertThat(probes).extracting(Probe::shardSequence).containsExactly(1L, 1L, 1L, 2L, 2L, 2L, 3L, 3L, 3L);
    }

    @Test
    void aClosedLaneTakesNothingMoreAndIsForgottenOnceItIsEmpty() {
        Reactor reactor = stepped(1, 4, 16);
        Lane idle = reactor.open();
        Lane busy = reactor.open();
        Probe first = taken(busy);
        Probe second = taken(busy);
        assertThat(reactor.lanes()).isEqualTo(2);
        idle.close();
        busy.close();
        busy.close();
        assertThat(reactor.lanes()).as("in use").isEqualTo(1);
        assertThat(busy.offer(probe(), true)).isEqualTo(Offer.CLOSED);
        reactor.step(1);
        assertThat(reactor.lanes()).isEqualTo(1);
        second.withdraw(Withdrawal.CANCELLED);
        reactor.step(1);
        assertAnswered(first, "done");
        assertAnswered(second, CANCELLED);
        assertThat(reactor.lanes()).isZero();
    }

    @Test
    void workThatThrowsIsAnsweredByItsFailure() {
        Reactor reactor = stepped(1, 4, 16);
        for (Throwable thrown : List.of(new IllegalStateException("x"), new StackOverflowError(), new Exception("x"))) {
            Probe probe = new Probe(() -> {
                if (thrown instanceof Error e) {
                    throw e;
                }
                throw (Exception) thrown;
            });
            Lane lane = reactor.open();
            lane.offer(probe, true);
            reactor.step(1);
            assertAnswered(probe, Probe.FAILED);
            assertThat(lane.depth()).isZero();
        }
    }

    /// An envelope each of whose parts may throw.
    private static final class Throwing extends Envelope<String> {
        private final String where;
        private final AtomicInteger answers = new AtomicInteger();

        Throwing(String where) {
            this.where = where;
        }

        private void maybe(String here) {
            if (where.contains(here)) {
                throw new IllegalStateException(here);
            }
        }

        @Override
        protected String work() {
            maybe("work");
            return "done";
        }

        @Override
        protected String withdrawn(Withdrawal cause) {
            return cause.name();
        }

        @Override
        protected String failed(Throwable failure) {
            maybe("failed");
            return "failed";
        }

        @Override
        protected void answer(String answer) {
            answers.incrementAndGet();
            maybe("answer");
        }

        @Override
        protected void ended() {
            maybe("ended");
        }
    }

    @ParameterizedTest
    @CsvSource({"work", "work failed", "answer", "ended", "ended answer", "work failed ended answer"})
    void whateverThrowsItIsAnsweredOnceAndLeavesItsPlace(String where) {
        for (boolean withdrawn : new boolean[] {false, true}) {
            Reactor reactor = stepped(1, 1, 1);
            Lane lane = reactor.open();
            Throwing throwing = new Throwing(where);
            assertThat(lane.offer(throwing, true)).isEqualTo(Offer.TAKEN);
            if (withdrawn) {
                quietly(() -> throwing.withdraw(Withdrawal.CANCELLED));
                assertThat(throwing.answers).hasValue(1);
            }
            quietly(() -> reactor.step(1));
            assertThat(throwing.answers).hasValue(1);
            assertThat(lane.depth()).isZero();
            assertThat(reactor.stats().getFirst().depth()).isZero();
            reactor.close();
            assertThat(throwing.answers).hasValue(1);
        }
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (IllegalStateException _) {
            // Whoever does the work hears of it.
        }
    }

    /// Whoever drains a shard may be another guest's thread: nothing that goes wrong there may cost a hostcall its
    /// answer.
    static Stream<Throwable> whateverGoesWrong() {
        return Stream.of(
                new RejectedExecutionException("full"),
                new OutOfMemoryError("of the test"),
                new StackOverflowError("of the test"),
                new IllegalStateException("of the test"));
    }

    @ParameterizedTest
    @MethodSource("whateverGoesWrong")
    void whatNoThreadCanBeHadForIsWithdrawnAndLeavesItsPlace(Throwable thrown) {
        List<Runnable> kept = new ArrayList<>();
        Reactor reactor = Reactor.shared(
                new ReactorSettings(1, 4, 4),
                task -> {
                    kept.add(task);
                    throw thrown instanceof Error e ? sneaky(e) : (RuntimeException) thrown;
                },
                nanos::get);
        Lane lane = reactor.open();
        Probe probe = taken(lane);
        assertAnswered(probe, CLOSED);
        assertThat(lane.depth()).isZero();
        kept.forEach(Runnable::run);
        assertAnswered(probe, CLOSED);
        assertThat(probe.begun()).isZero();
        assertThat(lane.depth()).as("left once").isZero();
        reactor.close();
    }

    private static RuntimeException sneaky(Error error) {
        throw error;
    }

    @Test
    void latenciesAreThoseFromAdmissionToAnswer() {
        nanos.set(0);
        Reactor reactor = Reactor.stepped(new ReactorSettings(1, 64, 64), nanos::get);
        Lane lane = reactor.open();
        for (int i = 0; i < 50; i++) {
            taken(lane);
        }
        nanos.set(1_000);
        reactor.step(49);
        nanos.set(1_000_000);
        reactor.step(1);
        ShardStats stats = reactor.stats().getFirst();
        assertThat(stats.latencyNanos()).isEqualTo(49 * 1_000 + 1_000_000);
        assertThat(stats.latencyNanosMax()).isEqualTo(1_000_000);
        assertThat(stats.latencyNanosP50()).isBetween(1_000L, 2_000L);
        assertThat(stats.latencyNanosP99()).isBetween(500_000L, 1_000_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 64, 1024, shards=0",
        "65, 64, 1024, shards=65",
        "1, 0, 1024, lane-capacity=0",
        "1, 65, 1024, lane-capacity=65",
        "1, 64, 0, shard-capacity=0",
        "1, 64, 1048577, shard-capacity=1048577"
    })
    void settingsAreBounded(int shards, int lane, int shard, String said) {
        assertThatThrownBy(() -> new ReactorSettings(shards, lane, shard))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(said);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 63, 64})
    void aLaneHoldsAsManyAsItsCapacityWhicheverWay(int capacity) {
        Reactor reactor = stepped(1, capacity, 1_024);
        Lane lane = reactor.open();
        var random = new Random(capacity);
        int under = 0;
        for (int i = 0; i < 5_000; i++) {
            if (random.nextBoolean()) {
                boolean room = under < capacity;
                assertThat(lane.offer(probe(), true) instanceof Offer.Taken).isEqualTo(room);
                under += room ? 1 : 0;
            } else {
                under -= reactor.step(1 + random.nextInt(3));
            }
            assertThat(lane.depth()).isEqualTo(under);
        }
    }
}
