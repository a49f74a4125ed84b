package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class GuestThreadsTest {
    private static final int PING_PONGS = 10_000;

    private static Thread ran(GuestThreads threads) {
        return CompletableFuture.supplyAsync(Thread::currentThread, threads).join();
    }

    @Test
    void oneTaskAfterTheOtherStaysOnOneThread() {
        try (var threads = new GuestThreads()) {
            Thread first = ran(threads);
            assertThat(first.getName()).isEqualTo("guest-0");
            assertThat(first.isVirtual()).isFalse();
            assertThat(first.isDaemon()).isTrue();
            for (int i = 0; i < 100; i++) {
                awaitIdle(first);
                assertThat(ran(threads)).isSameAs(first);
            }
        }
    }

    private static void awaitIdle(Thread thread) {
        await(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /// Tasks come before, while and after the idle thread looks for one; one that got lost would wait for half a
    /// minute.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void noTaskIsLostWhereAThreadGoesIdle(int callers) throws Exception {
        try (var threads = new GuestThreads();
                ExecutorService submitters = Executors.newFixedThreadPool(callers)) {
            List<Future<Integer>> counted = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                SplittableRandom random = new SplittableRandom(caller);
                counted.add(submitters.submit(() -> pingPong(threads, random)));
            }
            for (Future<Integer> each : counted) {
                assertThat(each.get(40, TimeUnit.SECONDS)).isEqualTo(PING_PONGS);
            }
        }
    }

    private static int pingPong(GuestThreads threads, SplittableRandom random) throws Exception {
        int ran = 0;
        for (int i = 0; i < PING_PONGS; i++) {
            for (int pause = random.nextInt(3_000); pause > 0; pause--) {
                Thread.onSpinWait();
            }
            ran += CompletableFuture.supplyAsync(() -> 1, threads).get(10, TimeUnit.SECONDS);
        }
        return ran;
    }

    @Test
    void noMoreThreadsThanTheLimitAndEveryTaskRuns() throws InterruptedException {
        try (var threads = new GuestThreads()) {
            Set<Thread> seen = ConcurrentHashMap.newKeySet();
            var release = new CountDownLatch(1);
            var done = new CountDownLatch(3 * GuestThreads.THREADS_MAX);
            for (int i = 0; i < 3 * GuestThreads.THREADS_MAX; i++) {
                threads.execute(() -> {
                    seen.add(Thread.currentThread());
                    awaitQuietly(release);
                    done.countDown();
                });
            }
            await(() -> seen.size() == GuestThreads.THREADS_MAX);
            release.countDown();
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).hasSize(GuestThreads.THREADS_MAX);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void manyCallersAtOnceLoseNoTask() {
        try (var threads = new GuestThreads()) {
            var count = new AtomicInteger();
            var callers = new Thread[8];
            for (int i = 0; i < callers.length; i++) {
                callers[i] = Thread.ofPlatform().start(() -> {
                    for (int k = 0; k < 5_000; k++) {
                        CompletableFuture.runAsync(count::incrementAndGet, threads)
                                .join();
                    }
                });
            }
            for (Thread caller : callers) {
                join(caller);
            }
            assertThat(count).hasValue(40_000);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTaskThatFailsOrIsInterruptedLeavesTheThreadFitForTheNext() {
        try (var threads = new GuestThreads()) {
            threads.execute(() -> {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("planted");
            });
            boolean interrupted = CompletableFuture.supplyAsync(
                            () -> Thread.currentThread().isInterrupted(), threads)
                    .join();
            assertThat(interrupted).isFalse();
        }
    }

    @Test
    void closingRefusesNewTasksAndEndsTheThreads() throws InterruptedException {
        var threads = new GuestThreads();
        Thread thread = ran(threads);
        threads.close();
        threads.close();
        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    }
}
