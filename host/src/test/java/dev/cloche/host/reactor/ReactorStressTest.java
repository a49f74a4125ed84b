package dev.cloche.host.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.reactor.Envelope.Withdrawal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many producers, work of all sorts, withdrawals and shutdown at any moment: what was admitted is answered once.
/// Replay a run with the seed it names.
@Timeout(240)
class ReactorStressTest {
    private static final int SEEDS = 60;
    private static final int STUBBORN_SEEDS = 3;
    private static final int PRODUCERS = 6;
    private static final int OFFERS = 400;

    /// Which way envelopes are taken out.
    enum Kind {
        SHARED {
            @Override
            Reactor open(ReactorSettings settings, ServiceThreads threads, Set<String> bound) {
                return Reactor.shared(settings, threads, System::nanoTime);
            }
        },
        THREADED {
            @Override
            Reactor open(ReactorSettings settings, ServiceThreads threads, Set<String> bound) {
                return Reactor.threaded(
                        settings,
                        threads,
                        System::nanoTime,
                        shard -> bound.add(shard + " " + Thread.currentThread().getName()));
            }
        };

        abstract Reactor open(ReactorSettings settings, ServiceThreads threads, Set<String> bound);
    }

    /// One run: what was offered, and what was seen meanwhile.
    private static final class Run {
        private final Random random;
        private final String seed;
        private final ReactorSettings settings;
        private final Set<String> bound = ConcurrentHashMap.newKeySet();
        private final ServiceThreads threads = new ServiceThreads(2);
        private final Reactor reactor;
        private final Queue<Probe> taken = new ConcurrentLinkedQueue<>();
        private final Queue<Probe> refused = new ConcurrentLinkedQueue<>();
        private final Map<Probe, Integer> shards = new ConcurrentHashMap<>();
        private final Set<Probe> withdrawing = ConcurrentHashMap.newKeySet();
        private final AtomicInteger full = new AtomicInteger();
        private final AtomicInteger leaked = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger mostRunning = new AtomicInteger();
        private final AtomicBoolean closing = new AtomicBoolean();
        private final CountDownLatch gate = new CountDownLatch(1);
        private final boolean stubborn;

        Run(Kind kind, long seed, boolean stubborn) {
            this.random = new Random(seed);
            this.seed = "kind=" + kind + " seed=" + seed + " stubborn=" + stubborn;
            this.stubborn = stubborn;
            this.settings = new ReactorSettings(
                    1 + random.nextInt(4), 1 + random.nextInt(stubborn ? 8 : 64), 4 + random.nextInt(40));
            this.reactor = kind.open(settings, threads, bound);
        }

        /// Work of a random sort.
        private Probe probe(Random random, boolean counted) {
            int sort = random.nextInt(20);
            Probe[] self = new Probe[1];
            self[0] = new Probe(() -> {
                boolean foreign =
                        Thread.currentThread().isInterrupted() && !closing.get() && !withdrawing.contains(self[0]);
                leaked.addAndGet(foreign ? 1 : 0);
                if (counted) {
                    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
                }
                try {
                    return work(sort);
                } finally {
                    running.addAndGet(counted ? -1 : 0);
                }
            });
            return self[0];
        }

        private String work(int sort) throws InterruptedException {
            switch (sort) {
                case 0 -> throw new IllegalStateException("of the test");
                case 1 -> {
                    if (stubborn) {
                        awaitWhateverHappens();
                    }
                }
                case 2 -> {
                    if (stubborn) {
                        gate.await();
                    }
                }
                case 3 -> Thread.currentThread().interrupt();
                case 4, 5 -> LockSupport.parkNanos(1);
                case 6 -> {
                    for (int i = 0; i < 2_000; i++) {
                        Thread.onSpinWait();
                    }
                }
                default -> {
                    // Over at once, as most are.
                }
            }
            return "done";
        }

        private void awaitWhateverHappens() {
            boolean open = false;
            while (!open) {
                try {
                    gate.await();
                    open = true;
                } catch (InterruptedException _) {
                    // Work that takes no notice is what this is about.
                }
            }
        }

        private void produce(long seed) {
            var own = new Random(seed);
            Lane lane = reactor.open();
            for (int i = 0; i < OFFERS; i++) {
                boolean counted = own.nextInt(4) > 0;
                Probe probe = probe(own, counted);
                shards.put(probe, lane.shard());
                switch (lane.offer(probe, counted)) {
                    case Offer.Taken _ -> taken(own, probe);
                    case Offer.Full said -> {
                        assertThat(said.capacity()).isIn(settings.laneCapacity(), settings.shardCapacity());
                        full.incrementAndGet();
                        refused.add(probe);
                        LockSupport.parkNanos(1);
                    }
                    case Offer.Closed _ -> refused.add(probe);
                }
                if (own.nextInt(100) == 0) {
                    lane.close();
                    lane = reactor.open();
                }
            }
        }

        private void taken(Random own, Probe probe) {
            taken.add(probe);
            if (own.nextInt(10) == 0) {
                withdrawing.add(probe);
                probe.withdraw(Withdrawal.CANCELLED);
            }
        }

        private void run(boolean whole) throws InterruptedException {
            List<Thread> producers = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                long own = random.nextLong();
                producers.add((i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> produce(own)));
            }
            int after = random.nextInt(PRODUCERS * OFFERS / 2);
            while (!whole && taken.size() + refused.size() < after) {
                Thread.onSpinWait();
            }
            if (whole) {
                for (Thread producer : producers) {
                    producer.join();
                }
            }
            closing.set(!whole || stubborn);
            close(random.nextInt(4) == 0);
            for (Thread producer : producers) {
                producer.join();
            }
            threads.close();
        }

        private void close(boolean interrupted) {
            if (interrupted) {
                closing.set(true);
                Thread.currentThread().interrupt();
            }
            reactor.close();
            assertThat(Thread.interrupted()).as(seed).isEqualTo(interrupted);
        }

        private void check() throws InterruptedException {
            gate.countDown();
            for (Probe probe : taken) {
                while (probe.ends() == 0 || probe.answers() == 0) {
                    Thread.onSpinWait();
                }
            }
            awaitEmpty();
            assertThat(taken).as(seed).allSatisfy(probe -> {
                assertThat(probe.answers()).isEqualTo(1);
                assertThat(probe.ends()).isEqualTo(1);
                assertThat(probe.begun()).isLessThanOrEqualTo(1);
                assertThat(probe.endedLate()).isFalse();
            });
            assertThat(refused).as(seed).allSatisfy(probe -> {
                assertThat(probe.answers()).isZero();
                assertThat(probe.ends()).isZero();
                assertThat(probe.begun()).isZero();
            });
            assertThat(leaked)
                    .as("interrupts that were somebody else's, " + seed)
                    .hasValue(0);
            assertThat(mostRunning.get()).as(seed).isLessThanOrEqualTo(settings.shards() * settings.shardCapacity());
            checkSequences();
            checkStats();
        }

        /// Places are given back just before answers are; those of work that was withdrawn, a moment later.
        private void awaitEmpty() {
            while (reactor.stats().stream().anyMatch(stats -> stats.depth() > 0)
                    || reactor.stats().stream()
                                    .mapToLong(ShardStats::dispatched)
                                    .sum()
                            < taken.size()) {
                Thread.onSpinWait();
            }
        }

        private void checkSequences() {
            assertThat(new TreeSet<>(taken.stream().map(Probe::sequence).toList()))
                    .as(seed)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, taken.size()).boxed().toList());
            for (int shard = 0; shard < settings.shards(); shard++) {
                int index = shard;
                List<Long> own = taken.stream()
                        .filter(probe -> shards.getOrDefault(probe, -1) == index)
                        .map(Probe::shardSequence)
                        .sorted()
                        .toList();
                assertThat(own)
                        .as(seed)
                        .isEqualTo(LongStream.rangeClosed(1, own.size()).boxed().toList());
            }
        }

        private void checkStats() {
            List<ShardStats> stats = reactor.stats();
            long withdrawn = taken.stream()
                    .filter(probe -> !List.of("done", Probe.FAILED).contains(probe.answer()))
                    .count();
            assertThat(reactor.admitted()).as(seed).isEqualTo(taken.size());
            assertThat(stats.stream().mapToLong(ShardStats::admitted).sum()).isEqualTo(taken.size());
            assertThat(stats.stream().mapToLong(ShardStats::dispatched).sum()).isEqualTo(taken.size());
            assertThat(stats.stream().mapToLong(ShardStats::answered).sum())
                    .as(seed)
                    .isEqualTo(taken.size() - withdrawn);
            assertThat(stats.stream().mapToLong(ShardStats::rejected).sum()).isEqualTo(full.get());
            assertThat(stats).allSatisfy(each -> {
                assertThat(each.highWater()).isLessThanOrEqualTo(settings.shardCapacity());
                assertThat(each.latencyNanosP50()).isLessThanOrEqualTo(each.latencyNanosP99());
                assertThat(each.latencyNanosP99()).isLessThanOrEqualTo(each.latencyNanosMax());
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasAdmittedIsAnsweredOnceWheneverItIsClosed(Kind kind) throws InterruptedException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(kind, seed, false);
            run.run(seed % 4 == 0);
            run.check();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotEndIsAnsweredByClosing(Kind kind) throws InterruptedException {
        for (long seed = 1; seed <= STUBBORN_SEEDS; seed++) {
            Run run = new Run(kind, seed, true);
            run.run(seed % 2 == 0);
            assertThat(run.taken)
                    .as(run.seed)
                    .allSatisfy(probe -> assertThat(probe.answers()).isEqualTo(1));
            run.check();
        }
    }

    /// Work that blocks until all of it is under way: places that nest are beside the shard's capacity.
    @ParameterizedTest
    @EnumSource
    void whatNestsIsNotKeptOutByThoseThatWaitForIt(Kind kind) throws InterruptedException {
        Set<String> bound = ConcurrentHashMap.newKeySet();
        try (ServiceThreads threads = new ServiceThreads(2);
                Reactor reactor = kind.open(new ReactorSettings(2, 4, 2), threads, bound)) {
            CountDownLatch all = new CountDownLatch(40);
            List<Probe> probes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Probe probe = new Probe(() -> {
                    all.countDown();
                    all.await();
                    return "done";
                });
                probes.add(probe);
                assertThat(reactor.open().offer(probe, i < 4)).isEqualTo(Offer.TAKEN);
            }
            all.await();
            while (probes.stream().anyMatch(probe -> probe.answers() == 0)) {
                Thread.onSpinWait();
            }
            assertThat(probes).extracting(Probe::answer).containsOnly("done");
            assertThat(reactor.stats()).extracting(ShardStats::highWater).containsOnly(2);
        }
    }

    @Test
    void eachShardIsBoundOnItsOwnThreadBeforeItTakesAnythingOut() throws InterruptedException {
        Set<String> bound = ConcurrentHashMap.newKeySet();
        Set<String> dispatching = ConcurrentHashMap.newKeySet();
        CountDownLatch done = new CountDownLatch(6);
        AtomicLong unbound = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Reactor reactor = Reactor.threaded(
                        new ReactorSettings(3, 4, 8),
                        task -> {
                            String name = Thread.currentThread().getName();
                            dispatching.add(name);
                            unbound.addAndGet(bound.stream().noneMatch(each -> each.endsWith(name)) ? 1 : 0);
                            threads.execute(task);
                        },
                        System::nanoTime,
                        shard -> bound.add(shard + " " + Thread.currentThread().getName()))) {
            for (int i = 0; i < 6; i++) {
                Probe probe = new Probe(() -> {
                    done.countDown();
                    return "done";
                });
                assertThat(reactor.open().offer(probe, true)).isEqualTo(Offer.TAKEN);
            }
            done.await();
        }
        assertThat(bound).containsExactlyInAnyOrder("0 cloche-shard-0", "1 cloche-shard-1", "2 cloche-shard-2");
        assertThat(dispatching).containsExactlyInAnyOrder("cloche-shard-0", "cloche-shard-1", "cloche-shard-2");
        assertThat(unbound).hasValue(0);
    }

    @Test
    void aShardThatCannotBeBoundTakesOutAllTheSame() throws InterruptedException {
        var done = new CountDownLatch(1);
        try (ServiceThreads threads = new ServiceThreads(2);
                Reactor reactor = Reactor.threaded(new ReactorSettings(1, 1, 1), threads, System::nanoTime, _ -> {
                    throw new IllegalStateException("of the test");
                })) {
            Probe probe = new Probe(() -> "done");
            assertThat(reactor.open().offer(probe, true)).isEqualTo(Offer.TAKEN);
            Thread.ofVirtual().start(() -> {
                while (probe.answers() == 0) {
                    Thread.onSpinWait();
                }
                done.countDown();
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(probe.answer()).isEqualTo("done");
        }
    }

    /// Sleep and wake-up: one hostcall at a time, each of which finds everybody asleep or about to be.
    @ParameterizedTest
    @EnumSource
    void noneIsLeftLyingWhileEverybodySleeps(Kind kind) {
        Set<String> bound = ConcurrentHashMap.newKeySet();
        try (ServiceThreads threads = new ServiceThreads(1);
                Reactor reactor = kind.open(new ReactorSettings(1, 1, 1), threads, bound)) {
            Lane lane = reactor.open();
            var random = new Random(7);
            for (int i = 0; i < 20_000; i++) {
                Probe probe = new Probe(() -> "done");
                assertThat(lane.offer(probe, true)).as("i=%d", i).isEqualTo(Offer.TAKEN);
                while (probe.answers() == 0) {
                    Thread.onSpinWait();
                }
                for (int pause = random.nextInt(1_000); pause > 0; pause--) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
