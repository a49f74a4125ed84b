package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.ExecutionPermits.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Permits: in order of arrival, never more than there are, none lost.
@Timeout(60)
class ExecutionPermitsTest {
    private static final int ROUNDS = 3_000;

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whoWaitsIsServedInOrderOfArrival() throws InterruptedException {
        var permits = new ExecutionPermits(1, 1);
        Permit first = permits.permit(() -> false);
        assertThat(first.acquire()).isTrue();
        var order = new ConcurrentLinkedQueue<Integer>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            Permit own = permits.permit(() -> false);
            threads.add(Thread.ofPlatform().start(() -> {
                assertThat(own.acquire()).isTrue();
                order.add(number);
                own.release();
            }));
            await(() -> permits.waiting() == number + 1);
        }
        first.release();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(0, 1, 2, 3);
        assertThat(permits.running()).isZero();
    }

    @Test
    void whoHandsOverComesBackAfterThoseWhoWaited() throws InterruptedException {
        var permits = new ExecutionPermits(1, 1);
        Permit spinner = permits.permit(() -> false);
        assertThat(spinner.acquire()).isTrue();
        assertThat(spinner.handOver()).as("nobody waits").isTrue();
        var ran = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Permit own = permits.permit(() -> false);
            threads.add(Thread.ofPlatform().start(() -> {
                own.acquire();
                ran.incrementAndGet();
                own.release();
            }));
        }
        await(() -> permits.waiting() == 3);
        assertThat(spinner.handOver()).isTrue();
        assertThat(ran.get()).isEqualTo(3);
        assertThat(permits.running()).isEqualTo(1);
        spinner.release();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(permits.running()).isZero();
    }

    @Test
    void virtualThreadsLeaveOnePermitAndAPlatformThreadMayPassThem() throws InterruptedException {
        var permits = new ExecutionPermits(2, 1);
        var done = new CountDownLatch(1);
        List<Thread> virtuals = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Permit own = permits.permit(() -> false);
            virtuals.add(Thread.ofVirtual().start(() -> {
                own.acquire();
                awaitQuietly(done);
                own.release();
            }));
        }
        await(() -> permits.running() == 1 && permits.waiting() == 1);
        Permit platform = permits.permit(() -> false);
        assertThat(platform.acquire()).isTrue();
        assertThat(permits.running()).isEqualTo(2);
        platform.release();
        done.countDown();
        for (Thread thread : virtuals) {
            thread.join();
        }
        assertThat(permits.running()).isZero();
    }

    @Test
    void anInterruptedWaiterLeavesNoTrace() throws InterruptedException {
        var permits = new ExecutionPermits(1, 1);
        Permit first = permits.permit(() -> false);
        first.acquire();
        var refused = new AtomicInteger();
        Permit own = permits.permit(() -> false);
        Thread waiter = Thread.ofPlatform().start(() -> {
            boolean got = own.acquire();
            refused.set(!got && Thread.currentThread().isInterrupted() ? 1 : -1);
            own.release();
        });
        await(() -> permits.waiting() == 1);
        waiter.interrupt();
        waiter.join();
        assertThat(refused.get()).isEqualTo(1);
        assertThat(permits.waiting()).isZero();
        assertThat(permits.running()).isEqualTo(1);
        first.release();
        first.release();
        assertThat(permits.running()).isZero();
    }

    @Test
    void aWaiterThatIsStoppedLeavesNoTraceAndNoInterrupt() throws InterruptedException {
        var permits = new ExecutionPermits(1, 1);
        Permit first = permits.permit(() -> false);
        first.acquire();
        var stopped = new AtomicBoolean();
        var got = new AtomicBoolean(true);
        Permit own = permits.permit(stopped::get);
        Thread waiter = Thread.ofVirtual().start(() -> got.set(own.acquire()));
        await(() -> permits.waiting() == 1);
        stopped.set(true);
        LockSupport.unpark(waiter);
        waiter.join();
        assertThat(got).isFalse();
        assertThat(permits.waiting()).isZero();
        first.release();
        assertThat(permits.running()).isZero();
    }

    /// Threads of both kinds take, hand over, give back and are interrupted, with seeded pauses.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neverMoreThanThereAreAndNoneIsLost(long seed) throws Exception {
        int total = 3;
        int virtuals = 2;
        var permits = new ExecutionPermits(total, virtuals);
        var running = new AtomicInteger();
        var runningVirtual = new AtomicInteger();
        var random = new SplittableRandom(seed);
        try (ExecutorService platform = Executors.newFixedThreadPool(5);
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> most = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                SplittableRandom own = random.split();
                most.add((i % 2 == 0 ? platform : virtual)
                        .submit(() -> play(permits, own, running, runningVirtual, virtuals)));
            }
            for (Future<Integer> each : most) {
                assertThat(each.get(50, TimeUnit.SECONDS)).isLessThanOrEqualTo(total);
            }
        }
        assertThat(permits.running()).isZero();
        assertThat(permits.waiting()).isZero();
    }

    private static int play(
            ExecutionPermits permits,
            SplittableRandom random,
            AtomicInteger running,
            AtomicInteger runningVirtual,
            int virtuals) {
        Permit permit = permits.permit(() -> false);
        boolean virtual = Thread.currentThread().isVirtual();
        int most = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (random.nextInt(16) == 0) {
                Thread.currentThread().interrupt();
            }
            if (permit.acquire()) {
                for (int slice = random.nextInt(4); slice >= 0; slice--) {
                    most = Math.max(most, running.incrementAndGet());
                    if (virtual) {
                        assertThat(runningVirtual.incrementAndGet()).isLessThanOrEqualTo(virtuals);
                    }
                    for (int pause = random.nextInt(200); pause > 0; pause--) {
                        Thread.onSpinWait();
                    }
                    if (virtual) {
                        runningVirtual.decrementAndGet();
                    }
                    running.decrementAndGet();
                    if (!permit.handOver()) {
                        break;
                    }
                }
            }
            permit.release();
            boolean _ = Thread.interrupted();
        }
        return most;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void thereMustBeOneOfEach() {
        assertThatThrownBy(() -> new ExecutionPermits(0, 1)).hasMessageContaining("total=0");
        assertThatThrownBy(() -> new ExecutionPermits(1, 0)).hasMessageContaining("virtuals=0");
        assertThat(ExecutionPermits.ofMachine().total()).isPositive();
        assertThat(ExecutionPermits.ofMachine().virtuals()).isPositive();
    }
}
