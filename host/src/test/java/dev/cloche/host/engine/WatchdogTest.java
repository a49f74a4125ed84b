package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private final Watchdog watchdog = new Watchdog(System::nanoTime, ExecutionPermits.ofMachine());
    private final Watchdog.Guard guard = watchdog.guard();

    @AfterEach
    void close() {
        guard.close();
        watchdog.close();
    }

    private static void spinUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aRunPastItsDeadlineIsInterruptedAndTheFlagIsClearAfterwards() {
        guard.arm(System.nanoTime() + 1_000_000);
        spinUntilInterrupted();
        assertThat(guard.disarm()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aRunThatEndsInTimeIsLeftAlone() {
        guard.arm(System.nanoTime() + 60_000_000_000L);
        assertThat(guard.disarm()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptOfTheEmbeddersStaysUp() {
        guard.arm(System.nanoTime() + 60_000_000_000L);
        Thread.currentThread().interrupt();
        assertThat(guard.disarm()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptThatTheGuestSwallowsComesAgain() {
        guard.arm(System.nanoTime());
        for (int i = 0; i < 3; i++) {
            spinUntilInterrupted();
            Thread.interrupted();
        }
        assertThat(guard.disarm()).isTrue();
    }

    @Test
    void firingStopsTheRunAtOnceAndOnlyThatOne() {
        guard.arm(System.nanoTime() + 60_000_000_000L);
        guard.fire();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(guard.disarm()).isTrue();
        guard.fire();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void stoppingAllStopsRunsThatBeginLaterToo() {
        watchdog.stopAll();
        guard.arm(System.nanoTime() + 60_000_000_000L);
        spinUntilInterrupted();
        assertThat(guard.disarm()).isTrue();
        assertThat(watchdog.stopping()).isTrue();
    }

    /// Deadlines that fall about when runs end, over and over: no interrupt may ever reach a thread after its run.
    @Test
    void noInterruptEscapesARun() throws InterruptedException {
        AtomicInteger escaped = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = Thread.ofPlatform().start(() -> {
                try (Watchdog.Guard own = watchdog.guard()) {
                    for (int i = 0; i < 2_000; i++) {
                        own.arm(System.nanoTime() + (i % 7) * 400_000L);
                        LockSupport.parkNanos(i % 3 == 0 ? 300_000 : 1);
                        own.disarm();
                        if (Thread.interrupted()) {
                            escaped.incrementAndGet();
                        }
                    }
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(escaped).hasValue(0);
    }
}
