package dev.cloche.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.PoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who waits is not overtaken by more than `max` of those who come later.
///
/// Everything that happens is numbered. A caller is known to wait from when the pool, about to queue it, looks at the
/// clock; it is known to wait still when the isolate it gets is about to be given back. Whoever came after the first
/// and was served before the second has overtaken it for certain.
class IsolatePoolFairnessTest {
    private static final int CALLERS = 40;
    private static final int ROUNDS = 1_000;
    private static final int FRAMES = 8;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String QUEUES = "queued";

    private final StackWalker stacks = StackWalker.getInstance();
    private final AtomicLong events = new AtomicLong();
    private final Map<Thread, Visit> visits = new ConcurrentHashMap<>();
    private final Map<FakeIsolate, Long> givenBack = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Visit> done = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /// One caller's acquisition, in numbers of events; 0 for what did not happen.
    private static final class Visit {
        private final long came;
        private long queued;
        private long served;

        /// When the isolate it got was about to be given back by the one before.
        private long freed;

        Visit(long came) {
            this.came = came;
        }

        boolean waited() {
            return queued > 0 && freed > queued;
        }
    }

    private long now() {
        Visit visit = visits.get(Thread.currentThread());
        if (visit != null && visit.queued == 0 && visit.served == 0 && queues()) {
            visit.queued = events.incrementAndGet();
        }
        return System.nanoTime();
    }

    private boolean queues() {
        return stacks.walk(frames ->
                frames.limit(FRAMES).anyMatch(each -> each.getMethodName().equals(QUEUES)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 3, false", "3, 8, false", "4, 3, true"})
    void nobodyWhoWaitsIsOvertakenByMoreThanMax(long seed, int max, boolean virtual) throws InterruptedException {
        PoolSettings settings = new PoolSettings(
                0, max, 0, Duration.ofHours(1), Duration.ofHours(1), 0, 0.8, LIMIT, PoolSettings.Reset.NONE);
        HostIsolates host = new HostIsolates(max);
        IsolatePool pool = PoolFixture.pool("fair", settings, new FakeFactory(), host, this::now);
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom random = seeds.split();
            callers.add((virtual ? Thread.ofVirtual() : Thread.ofPlatform()).unstarted(() -> call(pool, random)));
        }
        callers.forEach(Thread::start);
        for (Thread each : callers) {
            assertThat(each.join(LIMIT)).as("the thread should have ended").isTrue();
        }
        assertThat(failures).as("seed=" + seed).isEmpty();
        assertThat(done).as("seed=" + seed).hasSize(CALLERS * ROUNDS);
        List<Visit> inOrder = new ArrayList<>(done);
        inOrder.sort(Comparator.comparingLong(each -> each.came));
        assertThat(inOrder.stream().filter(Visit::waited).count())
                .as("somebody should have waited, seed=" + seed)
                .isGreaterThan(CALLERS);
        assertThat(mostOvertakings(inOrder)).as("seed=" + seed).isLessThanOrEqualTo(max);
        pool.close();
    }

    private void call(IsolatePool pool, SplittableRandom random) {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                visit(pool, random);
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private void visit(IsolatePool pool, SplittableRandom random) {
        Visit visit = new Visit(events.incrementAndGet());
        visits.put(Thread.currentThread(), visit);
        if (!(pool.acquire(System.nanoTime() + LIMIT.toNanos()) instanceof Lease lease)) {
            throw new IllegalStateException("everybody is to be served, came=" + visit.came);
        }
        visit.served = events.incrementAndGet();
        FakeIsolate isolate = (FakeIsolate) lease.isolate();
        visit.freed = givenBack.getOrDefault(isolate, 0L);
        done.add(visit);
        switch (random.nextInt(8)) {
            case 0 -> LockSupport.parkNanos(1);
            default -> Thread.onSpinWait();
        }
        givenBack.put(isolate, events.incrementAndGet());
        lease.close();
    }

    /// @param inOrder of arrival
    private static int mostOvertakings(List<Visit> inOrder) {
        int most = 0;
        for (int i = 0; i < inOrder.size(); i++) {
            Visit waiting = inOrder.get(i);
            if (waiting.waited()) {
                most = Math.max(most, overtakings(waiting, inOrder.subList(i + 1, inOrder.size())));
            }
        }
        return most;
    }

    private static int overtakings(Visit waiting, List<Visit> later) {
        int count = 0;
        for (Visit each : later) {
            if (each.came > waiting.freed) {
                break;
            }
            count += each.came > waiting.queued && each.served < waiting.freed ? 1 : 0;
        }
        return count;
    }
}
