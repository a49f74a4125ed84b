package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.IsolateCreationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many threads, every way a lease can go wrong, and what must hold at the end whatever happened.
class IsolatePoolStressTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int CALLERS = 12;
    private static final int ROUNDS = 400;

    private final FakeFactory factory = new FakeFactory();
    private final AtomicInteger acquired = new AtomicInteger();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "3, 8", "4, 2", "5, 5"})
    void everyIsolateIsClosedOnceAndNobodyIsForgotten(long seed, int max) throws InterruptedException {
        boolean virtual = seed % 2 == 0;
        IsolatePool pool = pool(seed, max, Duration.ofMillis(2));
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> callers = callers(pool, seed, Duration.ofMillis(3), virtual);
        Thread chaos = Thread.ofPlatform().start(() -> chaos(pool, callers, new SplittableRandom(~seed), over));
        joinAll(callers);
        over.set(true);
        joinAll(List.of(chaos));
        pool.close();
        assertNothingIsLeft(pool, max, seed);
    }

    @ParameterizedTest
    @CsvSource({"11, 1", "12, 3", "13, 8"})
    void withoutTimeoutsEveryCallerIsServedInTheEnd(long seed, int max) throws InterruptedException {
        IsolatePool pool = pool(seed, max, LIMIT);
        joinAll(callers(pool, seed, LIMIT, seed % 2 == 0));
        PoolStats stats = pool.stats();
        assertThat(stats.acquires() + stats.rejections().getOrDefault(Acquisition.Reason.CREATION_FAILED, 0L))
                .as("seed=" + seed)
                .isEqualTo(CALLERS * ROUNDS);
        assertThat(stats.rejections()).containsEntry(Acquisition.Reason.TIMEOUT, 0L);
        pool.close();
        assertNothingIsLeft(pool, max, seed);
    }

    @ParameterizedTest
    @CsvSource({"21, 1", "22, 4", "23, 8"})
    void closingInTheMiddleRefusesTheRestAndLeaksNothing(long seed, int max) throws InterruptedException {
        IsolatePool pool = pool(seed, max, LIMIT);
        List<Thread> callers = callers(pool, seed, LIMIT, seed % 2 == 0);
        PoolFixture.awaitUntil(() -> acquired.get() > ROUNDS);
        if (seed % 2 == 0) {
            pool.drain(System.nanoTime(), RetireReason.CLOSE);
        }
        pool.close();
        joinAll(callers);
        assertNothingIsLeft(pool, max, seed);
    }

    @ParameterizedTest
    @CsvSource({"31, 1", "32, 4", "33, 8"})
    void itsNumbersFitTogetherAtEveryInstant(long seed, int max) throws InterruptedException {
        IsolatePool pool = pool(seed, max, LIMIT);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        Thread looking = Thread.ofPlatform().start(() -> {
            long acquires = 0;
            while (!over.get()) {
                PoolStats stats = pool.stats();
                if (stats.live() > max || stats.created() - stats.retiredTotal() != stats.idle() + stats.inUse()) {
                    failures.add(new AssertionError("stats=" + stats + " seed=" + seed));
                }
                if (stats.acquires() < acquires) {
                    failures.add(new AssertionError("acquires went down, stats=" + stats + " seed=" + seed));
                }
                acquires = stats.acquires();
                looks.incrementAndGet();
            }
        });
        joinAll(callers(pool, seed, LIMIT, seed % 2 == 0));
        over.set(true);
        joinAll(List.of(looking));
        pool.close();
        assertThat(looks).hasPositiveValue();
        assertNothingIsLeft(pool, max, seed);
    }

    private IsolatePool pool(long seed, int max, Duration acquireTimeout) {
        // At most eight are made at a time, so never two in a row: that would have the pool pause.
        factory.before(call -> {
            if (call % 16 == 0) {
                throw new IsolateCreationException(FakeFactory.BROKEN);
            }
        });
        PoolSettings settings = new PoolSettings(
                Math.min(1, max - 1),
                max,
                0,
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                50,
                0.8,
                acquireTimeout,
                PoolSettings.Reset.NONE);
        return new IsolatePool(
                "stress", settings, factory, PoolContext.alone(System::nanoTime, new SplittableRandom(seed)));
    }

    private List<Thread> callers(IsolatePool pool, long seed, Duration deadlineMax, boolean virtual) {
        ThreadFactory threads = virtual
                ? Thread.ofVirtual().factory()
                : Thread.ofPlatform().daemon().factory();
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom random = seeds.split();
            callers.add(threads.newThread(() -> call(pool, random, deadlineMax)));
        }
        callers.forEach(Thread::start);
        return callers;
    }

    private void call(IsolatePool pool, SplittableRandom random, Duration deadlineMax) {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                boolean patient = deadlineMax.equals(LIMIT);
                long wait = patient ? LIMIT.toNanos() : random.nextLong(deadlineMax.toNanos());
                if (pool.acquire(System.nanoTime() + wait) instanceof Lease lease) {
                    acquired.incrementAndGet();
                    use(lease, random);
                }
                boolean _ = Thread.interrupted();
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private static void use(Lease lease, SplittableRandom random) {
        try (lease) {
            FakeIsolate isolate = (FakeIsolate) lease.isolate();
            isolate.enter();
            for (int i = random.nextInt(200); i > 0; i--) {
                Thread.onSpinWait();
            }
            switch (random.nextInt(12)) {
                case 0 -> isolate.breakDown();
                case 1 -> lease.retire(RetireReason.EXHAUSTED);
                case 2 -> isolate.memory(FakeIsolate.MEMORY_MAX);
                case 3 -> LockSupport.parkNanos(1);
                default -> isolate.memory(1);
            }
            if (random.nextInt(1_000) == 0) {
                isolate.fail();
            }
            isolate.leave();
            if (random.nextBoolean()) {
                lease.close();
            }
        }
    }

    private static void chaos(IsolatePool pool, List<Thread> callers, SplittableRandom random, AtomicBoolean over) {
        while (!over.get()) {
            callers.get(random.nextInt(CALLERS)).interrupt();
            pool.maintain();
            LockSupport.parkNanos(1);
        }
    }

    private static void joinAll(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            assertThat(thread.join(LIMIT)).as("the thread should have ended").isTrue();
        }
    }

    private void assertNothingIsLeft(IsolatePool pool, int max, long seed) {
        PoolStats stats = pool.stats();
        assertThat(failures).as("seed=" + seed).isEmpty();
        assertThat(factory.highWater()).isLessThanOrEqualTo(max);
        assertThat(factory.live()).isZero();
        assertThat(factory.made())
                .allSatisfy(isolate -> assertThat(isolate.closes()).isEqualTo(1));
        assertThat(stats.live() + stats.waiting()).isZero();
        assertThat(stats.created()).isEqualTo(factory.made().size()).isEqualTo(stats.retiredTotal());
        assertThat(stats.acquires()).isEqualTo(acquired.get());
        assertThat(stats.retiredTotal())
                .as("the test should have exercised something")
                .isPositive();
    }
}
