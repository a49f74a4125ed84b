package dev.cloche.host.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// As many threads as there are tasks, however many wait for one.
@Timeout(120)
class ServiceThreadsTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(5);
    private static final int TASKS = 60_000;

    @Test
    void thereAreAsManyThreadsAsTasks() throws InterruptedException {
        try (ServiceThreads threads = new ServiceThreads(2)) {
            for (int tasks : new int[] {1, 63, 64, 65, 1_000, 3}) {
                CountDownLatch all = new CountDownLatch(tasks);
                CountDownLatch done = new CountDownLatch(tasks);
                Set<Thread> used = ConcurrentHashMap.newKeySet();
                for (int i = 0; i < tasks; i++) {
                    threads.execute(() -> {
                        used.add(Thread.currentThread());
                        all.countDown();
                        awaited(all);
                        done.countDown();
                    });
                }
                done.await();
                assertThat(used).hasSize(tasks).allMatch(Thread::isVirtual);
            }
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aThreadThatWaitsIsUsedAgain() throws InterruptedException {
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        try (ServiceThreads threads = new ServiceThreads(2, LONG)) {
            for (int i = 0; i < 10_000; i++) {
                CountDownLatch done = new CountDownLatch(1);
                threads.execute(() -> {
                    used.add(Thread.currentThread());
                    done.countDown();
                });
                done.await();
            }
        }
        assertThat(used).hasSizeLessThan(1_000);
    }

    /// With a time to wait that is over at once, every hand-over meets a thread that is about to give up.
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 20000", "2, 300000000000", "1, 300000000000"})
    void noTaskIsLostOrCarriedOutTwice(int processors, long keepAliveNanos) throws InterruptedException {
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        CountDownLatch done = new CountDownLatch(TASKS);
        var random = new Random(keepAliveNanos);
        ServiceThreads threads = new ServiceThreads(processors, keepAliveNanos);
        List<Thread> producers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            int first = p;
            int pauseMax = 1 + random.nextInt(400);
            producers.add((p % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> {
                for (int i = first; i < TASKS; i += 4) {
                    int task = i;
                    threads.execute(() -> {
                        runs.incrementAndGet(task);
                        done.countDown();
                    });
                    for (int pause = task % pauseMax; pause > 0; pause--) {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        for (int i = 0; i < 50; i++) {
            LockSupport.parkNanos(1);
        }
        if (processors == 2) {
            // In the middle: what comes afterwards is carried out all the same.
            threads.close();
        }
        for (Thread producer : producers) {
            producer.join();
        }
        done.await();
        threads.close();
        for (int i = 0; i < TASKS; i++) {
            assertThat(runs.get(i)).as("task=%d", i).isEqualTo(1);
        }
    }

    @Test
    void closingEndsThoseThatWaitAndNotThoseAtWork() throws InterruptedException {
        ServiceThreads threads = new ServiceThreads(2, LONG);
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(50);
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            boolean waits = i % 2 == 0;
            threads.execute(() -> {
                used.add(Thread.currentThread());
                begun.countDown();
                if (waits) {
                    awaited(gate);
                }
                ended.incrementAndGet();
            });
        }
        begun.await();
        threads.close();
        threads.close();
        assertThat(ended.get()).isLessThanOrEqualTo(25);
        gate.countDown();
        for (Thread thread : used) {
            thread.join();
        }
        assertThat(ended).hasValue(50);
    }

    @Test
    void aTaskThatThrowsTakesNoOtherWithIt() throws InterruptedException {
        try (ServiceThreads threads = new ServiceThreads(2, LONG)) {
            CountDownLatch done = new CountDownLatch(200);
            for (int i = 0; i < 400; i++) {
                boolean fails = i % 2 == 0;
                threads.execute(() -> {
                    if (fails) {
                        Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
                        throw new IllegalStateException("of the test");
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
