package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.IsolateCreationException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several pools of one small host and many callers, stepped one after the other on a clock that the test moves. Which
/// step is next is drawn from a seed; after each one, once everybody waits or is done, all numbers must fit together.
@Timeout(120)
class IsolatePoolSimulationTest {
    private static final int POOLS = 3;
    private static final int CAP = 6;
    private static final int SIZE_MAX = 4;
    private static final int CALLERS = 100;
    private static final int ACQUISITIONS = 10_000;
    private static final int DEPTH_MAX = 4;
    private static final Duration FAR = Duration.ofDays(300);
    private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration STEP_MAX = Duration.ofSeconds(1);

    /// How long the numbers may take to fit together: waiters look again a moment after they began to wait.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FakeClock clock = new FakeClock();
    private final HostIsolates host = new HostIsolates(CAP);
    private final List<Simulated> pools = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private int started;
    private int steps;

    /// A pool, and what the simulation knows of it.
    private final class Simulated {
        private final FakeFactory factory = new FakeFactory();
        private final IsolatePool pool;
        private int max = 1 + pools.size();

        /// As many as there may be: `max`, or those that were there when it was lowered.
        private int ceiling = max;

        /// Leases of it that callers have.
        private int held;

        private long failures;
        private long pausedUntil = clock.getAsLong();
        private boolean paused;

        Simulated() {
            PoolSettings settings = new PoolSettings(
                    Math.min(pools.size(), 1),
                    max,
                    0,
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(30),
                    40,
                    0.8,
                    ACQUIRE_TIMEOUT,
                    PoolSettings.Reset.NONE);
            pool = PoolFixture.pool("simulated-" + pools.size(), settings, factory, host, clock);
        }

        void resize(int newMax) {
            ceiling = Math.max(
                    newMax, Math.min(ceiling, Math.max(max, pool.stats().live())));
            max = newMax;
            pool.resize(Math.min(1, newMax - 1), newMax);
        }

        void maintain() {
            pool.maintain();
            if (paused && clock.getAsLong() - pausedUntil >= 0) {
                paused = false;
            }
        }

        /// What must hold at any instant.
        @Nullable
        String impossible(PoolStats stats) {
            if (stats.creationFailures() > failures) {
                failures = stats.creationFailures();
                paused = true;
                pausedUntil = clock.in(Backoff.LONGEST_PAUSE);
            }
            int least = Math.min(
                    Math.min(stats.idle(), stats.inUse()),
                    Math.min(stats.suspended(), Math.min(stats.creating(), stats.retiring())));
            if (stats.live() > ceiling || least < 0) {
                return "max=" + max + " ceiling=" + ceiling + " stats=" + stats;
            }
            ceiling = Math.max(max, Math.min(ceiling, stats.live()));
            return null;
        }

        /// What must hold once everybody waits or is done.
        @Nullable
        String unsettled(PoolStats stats) {
            boolean fits = stats.creating() == 0
                    && stats.retiring() == 0
                    && stats.inUse() + stats.suspended() == held
                    && stats.created() - stats.retiredTotal() == stats.idle() + held
                    && factory.live() == stats.idle() + held
                    && (stats.live() <= max || stats.idle() == 0);
            boolean idleInVain = stats.waiting() > 0 && stats.idle() > 0;
            boolean roomInVain = stats.waiting() > 0 && stats.live() < max && !paused && host.taken() < CAP;
            boolean greedy = stats.waiting() > 0 && stats.live() < max && !paused && anyIdle();
            return fits && !idleInVain && !roomInVain && !greedy
                    ? null
                    : "held=" + held + " alive=" + factory.live() + " max=" + max + " stats=" + stats;
        }
    }

    /// A thread that makes one call at a time.
    private final class Caller {
        private final ExecutorService executor;
        private final Deque<Held> leases = new ArrayDeque<>();
        private volatile @Nullable Thread thread;
        private @Nullable Future<Acquisition> pending;
        private Simulated asked = pools.getFirst();

        Caller(int number) {
            executor = Executors.newSingleThreadExecutor(
                    (number % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).factory());
        }

        boolean idle() {
            return pending == null && leases.size() < DEPTH_MAX && (leases.isEmpty() || leases.peek().suspended);
        }

        void acquire(Simulated from) {
            asked = from;
            pending = executor.submit(() -> {
                thread = Thread.currentThread();
                Acquisition acquisition = from.pool.acquire(clock.in(FAR));
                boolean _ = Thread.interrupted();
                return acquisition;
            });
        }

        /// Looks whether it was answered.
        void look() throws Exception {
            if (pending != null && pending.isDone()) {
                Acquisition acquisition = pending.get();
                pending = null;
                if (acquisition instanceof Lease lease) {
                    FakeIsolate isolate = on(() -> (FakeIsolate) lease.isolate());
                    isolate.enter();
                    leases.push(new Held(asked, lease, isolate));
                    asked.held++;
                }
            }
        }

        void release(SplittableRandom random) throws Exception {
            Held held = leases.pop();
            held.of.held--;
            spoil(held, random);
            held.isolate.leave();
            boolean closed = on(() -> {
                held.lease.close();
                return true;
            });
            assertThat(closed).isTrue();
        }

        private void spoil(Held held, SplittableRandom random) throws Exception {
            switch (random.nextInt(30)) {
                case 0 -> held.isolate.breakDown();
                case 1 -> held.isolate.memory(FakeIsolate.MEMORY_MAX);
                case 2 -> held.isolate.fail();
                case 3 ->
                    on(() -> {
                        held.lease.retire(RetireReason.EXHAUSTED);
                        return true;
                    });
                default -> held.isolate.memory(1);
            }
            if (held.suspended && random.nextBoolean()) {
                held.lease.resume();
            }
        }

        private <T> T on(Callable<T> action) throws Exception {
            return executor.submit(action).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static final class Held {
        private final Simulated of;
        private final Lease lease;
        private final FakeIsolate isolate;
        private boolean suspended;

        Held(Simulated of, Lease lease, FakeIsolate isolate) {
            this.of = of;
            this.lease = lease;
            this.isolate = isolate;
        }

        void turn() {
            suspended = !suspended;
            if (suspended) {
                lease.suspend();
            } else {
                lease.resume();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void atEveryStepTheNumbersFitTogetherAndNobodyWaitsInVain(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < POOLS; i++) {
            pools.add(new Simulated());
        }
        for (int i = 0; i < CALLERS; i++) {
            callers.add(new Caller(i));
        }
        while (started < ACQUISITIONS) {
            String step = step(random);
            steps++;
            settle("step=" + steps + " did=" + step + " seed=" + seed);
        }
        end(seed);
    }

    private String step(SplittableRandom random) throws Exception {
        Simulated pool = pools.get(random.nextInt(POOLS));
        Caller caller = callers.get(random.nextInt(CALLERS));
        int draw = random.nextInt(100);
        if (draw < 45) {
            return acquire(caller, pool);
        }
        if (draw < 80) {
            return release(random);
        }
        if (draw < 88) {
            return turn(random);
        }
        if (draw < 91) {
            return interrupt(random);
        }
        return chore(draw, pool, random);
    }

    private String chore(int draw, Simulated pool, SplittableRandom random) {
        return switch (draw) {
            case 91, 92, 93 -> {
                clock.advance(Duration.ofNanos(random.nextLong(STEP_MAX.toNanos())));
                pools.forEach(Simulated::maintain);
                yield "advance";
            }
            case 94, 95 -> {
                boolean _ = pool.pool.replenish();
                yield "replenish " + pool.pool.name();
            }
            case 96, 97 -> {
                int max = 1 + random.nextInt(SIZE_MAX);
                pool.resize(max);
                yield "resize " + pool.pool.name() + " max=" + max;
            }
            case 98 -> {
                pool.factory.before(call -> {
                    throw new IsolateCreationException(FakeFactory.BROKEN);
                });
                yield "break down " + pool.pool.name();
            }
            default -> {
                pools.forEach(each -> each.factory.mend());
                yield "mend";
            }
        };
    }

    private String acquire(Caller caller, Simulated pool) {
        if (caller.idle()) {
            caller.acquire(pool);
            started++;
        }
        return "acquire " + pool.pool.name();
    }

    private String release(SplittableRandom random) throws Exception {
        List<Caller> holding = callers.stream()
                .filter(each -> each.pending == null && !each.leases.isEmpty())
                .toList();
        if (holding.isEmpty()) {
            return "nothing";
        }
        holding.get(random.nextInt(holding.size())).release(random);
        return "release";
    }

    private String turn(SplittableRandom random) {
        List<Caller> holding = callers.stream()
                .filter(each -> each.pending == null && !each.leases.isEmpty())
                .toList();
        if (holding.isEmpty()) {
            return "nothing";
        }
        Objects.requireNonNull(
                        holding.get(random.nextInt(holding.size())).leases.peek())
                .turn();
        return "suspend or resume";
    }

    private String interrupt(SplittableRandom random) {
        List<Caller> waiting =
                callers.stream().filter(each -> each.pending != null).toList();
        if (!waiting.isEmpty()) {
            Objects.requireNonNull(waiting.get(random.nextInt(waiting.size())).thread)
                    .interrupt();
        }
        return "interrupt";
    }

    private boolean anyIdle() {
        return pools.stream().anyMatch(each -> each.pool.stats().idle() > 0);
    }

    /// Waits until everybody waits or is done, and looks at all numbers.
    private void settle(String context) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String wrong = look(context);
        while (wrong != null) {
            assertThat(System.nanoTime()).as(wrong + ", " + context).isLessThan(end);
            LockSupport.parkNanos(1);
            wrong = look(context);
        }
    }

    private @Nullable String look(String context) throws Exception {
        for (Caller each : callers) {
            each.look();
        }
        long pending = callers.stream().filter(each -> each.pending != null).count();
        int waiting = 0;
        int live = 0;
        String wrong = null;
        for (Simulated each : pools) {
            PoolStats stats = each.pool.stats();
            assertThat(each.impossible(stats)).as(context).isNull();
            waiting += stats.waiting();
            live += stats.live();
            String unsettled = each.unsettled(stats);
            wrong = wrong == null ? unsettled : wrong;
        }
        int taken = host.taken();
        assertThat(taken).as(context).isBetween(0, CAP);
        return wrong == null && (pending != waiting || live != taken)
                ? "pending=" + pending + " waiting=" + waiting + " live=" + live + " taken=" + taken
                : wrong;
    }

    private void end(long seed) throws Exception {
        pools.forEach(each -> each.pool.close());
        settle("seed=" + seed);
        for (Caller each : callers) {
            while (!each.leases.isEmpty()) {
                each.release(new SplittableRandom(seed));
            }
            each.executor.shutdown();
        }
        assertThat(host.taken()).as("seed=" + seed).isZero();
        long retired = 0;
        long rejections = 0;
        for (Simulated each : pools) {
            assertThat(each.pool.closed()).as("seed=" + seed).isTrue();
            assertThat(each.factory.live()).as("seed=" + seed).isZero();
            assertThat(each.factory.made())
                    .as("seed=" + seed)
                    .allSatisfy(made -> assertThat(made.closes()).isEqualTo(1));
            PoolStats stats = each.pool.stats();
            retired += stats.retiredTotal();
            rejections += stats.rejectionsTotal();
            started -= (int) stats.acquires();
        }
        assertThat(rejections).as("seed=" + seed).isEqualTo(started).isPositive();
        assertThat(retired).as("seed=" + seed).isPositive();
    }
}
