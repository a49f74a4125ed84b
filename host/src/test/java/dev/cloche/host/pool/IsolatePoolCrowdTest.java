package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.IsolateCreationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A hundred threads on several pools of one small host, all at once and on the real clock: with traps, timeouts,
/// interrupts, nested calls, resizes, reaping, and creations that fail.
class IsolatePoolCrowdTest {
    private static final int POOLS = 3;
    private static final int CAP = 8;
    private static final int SIZE_MAX = 6;
    private static final int CALLERS = 100;
    private static final int ROUNDS = 10_000;
    private static final int FAILURES_SHOWN = 5;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private final HostIsolates host = new HostIsolates(CAP);
    private final List<FakeFactory> factories = new ArrayList<>();
    private final List<IsolatePool> pools = new ArrayList<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong acquired = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();

    @ParameterizedTest
    @CsvSource({"1, false", "2, true"})
    void whateverHappensTheNumbersFitTogetherAndNothingIsLeft(long seed, boolean virtual) throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < POOLS; i++) {
            pools.add(pool(i));
        }
        List<Thread> callers = callers(seeds, virtual);
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> others =
                List.of(new Thread(() -> disturb(callers, seeds.split(), over)), new Thread(() -> lookAtNumbers(over)));
        callers.forEach(Thread::start);
        others.forEach(Thread::start);
        joinAll(callers);
        over.countDown();
        joinAll(others);
        assertThat(failures.stream().limit(FAILURES_SHOWN)).as("seed=" + seed).isEmpty();
        assertQuiet(seed);
        pools.forEach(IsolatePool::close);
        pools.forEach(IsolatePool::maintain);
        assertNothingIsLeft(seed);
    }

    private IsolatePool pool(int index) {
        FakeFactory factory = new FakeFactory();
        // Hardly ever two in a row, which would have the pool pause.
        factory.before(call -> {
            if (call % 50 == 0) {
                throw new IsolateCreationException(FakeFactory.BROKEN);
            }
        });
        factories.add(factory);
        PoolSettings settings = new PoolSettings(
                index,
                SIZE_MAX - index,
                0,
                Duration.ofMillis(2),
                Duration.ofMillis(200),
                1_000,
                0.8,
                LIMIT,
                PoolSettings.Reset.NONE);
        return PoolFixture.pool("crowd-" + index, settings, factory, host, System::nanoTime);
    }

    private List<Thread> callers(SplittableRandom seeds, boolean virtual) {
        ThreadFactory threads = virtual
                ? Thread.ofVirtual().factory()
                : Thread.ofPlatform().daemon().factory();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom random = seeds.split();
            callers.add(threads.newThread(() -> call(random)));
        }
        return callers;
    }

    private void call(SplittableRandom random) {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                visit(random, 0);
                boolean _ = Thread.interrupted();
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private void visit(SplittableRandom random, int depth) {
        long wait = random.nextInt(10) == 0 ? random.nextLong(SHORT_NANOS) : LIMIT.toNanos();
        IsolatePool pool = pools.get(random.nextInt(POOLS));
        if (!(pool.acquire(System.nanoTime() + wait) instanceof Lease lease)) {
            rejected.incrementAndGet();
            return;
        }
        acquired.incrementAndGet();
        try (lease) {
            FakeIsolate isolate = (FakeIsolate) lease.isolate();
            isolate.enter();
            isolate.memory(0);
            use(lease, isolate, random, depth);
            isolate.leave();
        }
    }

    private void use(Lease lease, FakeIsolate isolate, SplittableRandom random, int depth) {
        switch (random.nextInt(150)) {
            case 0 -> isolate.breakDown();
            case 1 -> lease.retire(RetireReason.EXHAUSTED);
            case 2 -> isolate.memory(FakeIsolate.MEMORY_MAX);
            case 3, 4 -> LockSupport.parkNanos(1);
            case 7, 8 -> {
                lease.suspend();
                if (depth < 3) {
                    visit(random, depth + 1);
                }
                if (random.nextBoolean()) {
                    lease.resume();
                }
            }
            default -> Thread.onSpinWait();
        }
    }

    /// Interrupts, reaps, refills and resizes until it is over.
    private void disturb(List<Thread> callers, SplittableRandom random, CountDownLatch over) {
        try {
            while (over.getCount() > 0) {
                callers.get(random.nextInt(CALLERS)).interrupt();
                for (IsolatePool each : pools) {
                    each.maintain();
                    boolean _ = each.replenish();
                }
                if (random.nextInt(10) == 0) {
                    int max = 1 + random.nextInt(SIZE_MAX);
                    pools.get(random.nextInt(POOLS)).resize(Math.min(1, max - 1), max);
                }
                LockSupport.parkNanos(SHORT_NANOS);
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private void lookAtNumbers(CountDownLatch over) {
        long[] acquires = new long[POOLS];
        while (over.getCount() > 0) {
            int taken = host.taken();
            if (taken < 0 || taken > CAP) {
                failures.add(new AssertionError("taken=" + taken));
            }
            for (int i = 0; i < POOLS; i++) {
                PoolStats stats = pools.get(i).stats();
                int least = Math.min(
                        Math.min(stats.idle(), stats.inUse()),
                        Math.min(stats.suspended(), Math.min(stats.creating(), stats.retiring())));
                if (stats.live() > SIZE_MAX || least < 0 || stats.acquires() < acquires[i]) {
                    failures.add(new AssertionError("acquired=" + acquires[i] + " stats=" + stats));
                }
                acquires[i] = stats.acquires();
            }
            looks.incrementAndGet();
            LockSupport.parkNanos(SHORT_NANOS);
        }
    }

    private void assertQuiet(long seed) {
        int live = 0;
        long acquires = 0;
        long rejections = 0;
        for (int i = 0; i < POOLS; i++) {
            PoolStats stats = pools.get(i).stats();
            assertThat(stats.waiting() + stats.inUse() + stats.suspended() + stats.creating() + stats.retiring())
                    .as("seed=" + seed + " stats=" + stats)
                    .isZero();
            assertThat(stats.created() - stats.retiredTotal())
                    .as("seed=" + seed + " stats=" + stats)
                    .isEqualTo(stats.idle())
                    .isEqualTo(factories.get(i).live());
            assertThat(stats.leaked()).as("seed=" + seed).isZero();
            live += stats.live();
            acquires += stats.acquires();
            rejections += stats.rejectionsTotal();
        }
        assertThat(host.taken()).as("seed=" + seed).isEqualTo(live);
        assertThat(acquires).as("seed=" + seed).isEqualTo(acquired.get());
        assertThat(rejections).as("seed=" + seed).isEqualTo(rejected.get()).isPositive();
        assertThat(acquires + rejections).as("seed=" + seed).isGreaterThanOrEqualTo((long) CALLERS * ROUNDS);
        assertThat(looks).as("seed=" + seed).hasPositiveValue();
    }

    private void assertNothingIsLeft(long seed) {
        assertThat(host.taken()).as("seed=" + seed).isZero();
        assertThat(pools).allMatch(IsolatePool::closed);
        for (FakeFactory each : factories) {
            assertThat(each.live()).as("seed=" + seed).isZero();
            assertThat(each.made()).as("seed=" + seed).allMatch(made -> made.closes() == 1);
        }
    }

    private static void joinAll(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            assertThat(thread.join(LIMIT)).as("the thread should have ended").isTrue();
        }
    }
}
