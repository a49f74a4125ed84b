package dev.cloche.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.types.MemoryLimits;

@Timeout(60)
class WatchdogTest {
    private static final long MINUTE = 60_000_000_000L;
    private static final int UNWINDING_ROUNDS = 50_000;

    private final ExecutionPermits permits = ExecutionPermits.ofMachine();
    private final Watchdog watchdog = new Watchdog(System::nanoTime, permits);
    private final Watchdog.Guard guard = watchdog.guard();

    @AfterEach
    void close() {
        guard.close();
        watchdog.close();
    }

    private static Boolean spinUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
        return true;
    }

    private void begin(long nanosLeft) {
        guard.arm(System.nanoTime() + nanosLeft);
        assertThat(guard.begin()).isTrue();
    }

    private boolean end() {
        guard.end();
        return guard.disarm();
    }

    @Test
    void aServicePastTheDeadlineIsInterruptedAndTheFlagIsClearAfterwards() {
        begin(300_000_000);
        assertThat(guard.outside(WatchdogTest::spinUntilInterrupted)).isTrue();
        assertThat(end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(permits.running()).isZero();
    }

    @Test
    void noServiceBeginsPastTheDeadline() {
        begin(MINUTE);
        guard.fire();
        assertThatThrownBy(() -> guard.outside(() -> {
                    throw new AssertionError("it began");
                }))
                .isInstanceOf(WasmInterruptedException.class);
        assertThat(end()).isTrue();
        assertThat(permits.running()).isZero();
    }

    @Test
    void aGuestThatRunsIsNotInterrupted() {
        begin(0);
        long until = System.nanoTime() + 20_000_000;
        while (System.nanoTime() < until) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        assertThat(end()).isTrue();
    }

    @Test
    void aRunThatEndsInTimeIsLeftAlone() {
        begin(MINUTE);
        assertThat(end()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptOfTheEmbeddersStaysUp() {
        begin(MINUTE);
        Thread.currentThread().interrupt();
        assertThat(end()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptThatAServiceSwallowsComesAgain() {
        begin(MINUTE);
        guard.outside(() -> {
            guard.fire();
            for (int i = 0; i < 3; i++) {
                spinUntilInterrupted();
                Thread.interrupted();
            }
            return true;
        });
        assertThat(end()).isTrue();
    }

    @Test
    void whoSleepsIsWokenAtTheDeadlineAndHoldsNoTurnMeanwhile() {
        begin(50_000_000);
        assertThat(permits.running()).isEqualTo(1);
        assertThatThrownBy(() -> guard.sleep(MINUTE)).isInstanceOf(WasmInterruptedException.class);
        assertThat(permits.running()).isZero();
        assertThat(end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whoSleepsIsWokenByTheEmbeddersInterruptWhichStaysUp() {
        begin(MINUTE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> guard.sleep(MINUTE)).isInstanceOf(WasmInterruptedException.class);
        assertThat(end()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whoHasSleptHasItsTurnAgain() {
        begin(MINUTE);
        long start = System.nanoTime();
        guard.sleep(3_000_000);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3_000_000);
        assertThat(permits.running()).isEqualTo(1);
        assertThat(end()).isFalse();
    }

    @Test
    void firingStopsTheRunAtOnceAndOnlyThatOne() {
        begin(MINUTE);
        guard.fire();
        assertThatThrownBy(() -> guard.sleep(MINUTE)).isInstanceOf(WasmInterruptedException.class);
        assertThat(end()).isTrue();
        guard.fire();
        begin(MINUTE);
        guard.sleep(1);
        assertThat(end()).isFalse();
    }

    @Test
    void whoseTurnHasNotComeByTheDeadlineIsNotInterrupted() throws InterruptedException {
        var single = new ExecutionPermits(1, 1);
        try (var narrow = new Watchdog(System::nanoTime, single)) {
            var other = narrow.guard();
            other.arm(System.nanoTime() + MINUTE);
            assertThat(other.begin()).isTrue();
            Thread waiter = Thread.ofPlatform().start(() -> {
                var own = narrow.guard();
                own.arm(System.nanoTime() + 5_000_000);
                assertThat(own.begin()).isFalse();
                assertThat(own.disarm()).isTrue();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                own.close();
            });
            waiter.join();
            assertThat(single.waiting()).isZero();
            other.end();
            assertThat(other.disarm()).isFalse();
            other.close();
        }
    }

    /// Three ways in which a guest gives its turn away and waits for the next one.
    enum Giving {
        A_SERVICE {
            @Override
            void give(Watchdog.Guard guard) {
                guard.outside(() -> true);
            }
        },
        SLEEP {
            @Override
            void give(Watchdog.Guard guard) {
                guard.sleep(1);
            }
        },
        HAND_OVER {
            @Override
            void give(Watchdog.Guard guard) {
                guard.handOver();
            }
        };

        abstract void give(Watchdog.Guard guard);
    }

    @ParameterizedTest
    @EnumSource(Giving.class)
    void whoIsStoppedBeforeItsNextTurnDoesNotRunOnWithoutIt(Giving giving) throws InterruptedException {
        var single = new ExecutionPermits(1, 1);
        try (var narrow = new Watchdog(System::nanoTime, single)) {
            var own = narrow.guard();
            own.arm(System.nanoTime() + MINUTE);
            assertThat(own.begin()).isTrue();
            Thread rival = Thread.ofPlatform().start(() -> {
                var other = narrow.guard();
                other.arm(System.nanoTime() + MINUTE);
                other.begin();
                // One waits: it is the guest, whose turn this is now.
                await(() -> single.waiting() == 1);
                own.fire();
                await(() -> single.waiting() == 0);
                other.end();
                other.disarm();
                other.close();
            });
            await(() -> single.waiting() == 1);
            assertThatThrownBy(() -> giving.give(own)).isInstanceOf(WasmInterruptedException.class);
            own.end();
            assertThat(own.disarm()).isTrue();
            rival.join();
            assertThat(single.running()).isZero();
            own.close();
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.onSpinWait();
        }
    }

    @Test
    void stoppingAllStopsRunsThatBeginLaterToo() {
        watchdog.stopAll();
        guard.arm(System.nanoTime() + MINUTE);
        assertThat(guard.begin()).isTrue();
        assertThatThrownBy(() -> guard.sleep(MINUTE)).isInstanceOf(WasmInterruptedException.class);
        assertThat(end()).isTrue();
        assertThat(guard.dismissed()).isTrue();
    }

    /// Deadlines that fall about when services end, over and over: no interrupt may ever reach a thread after its run.
    @Test
    void noInterruptEscapesARun() throws InterruptedException {
        AtomicInteger escaped = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = Thread.ofPlatform().start(() -> {
                try (Watchdog.Guard own = watchdog.guard()) {
                    for (int i = 0; i < 2_000; i++) {
                        own.arm(System.nanoTime() + (i % 7) * 400_000L);
                        long nanos = i % 3 == 0 ? 300_000 : 1;
                        if (own.begin()) {
                            serve(own, nanos);
                        }
                        own.end();
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
        assertThat(permits.running()).isZero();
        assertThat(permits.waiting()).isZero();
    }

    /// The guest finds its deadline passed, and the watchdog does in the same moment.
    @Test
    void whatTheWatchdogIsAboutToRaiseDoesNotReachAGuestThatUnwinds() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger fired = new AtomicInteger();
        try (LinearMemory memory =
                Memories.of(MemorySetting.HEAP).allocate(new MemoryLimits(1, 1), Memory.PAGE_SIZE, 0)) {
            guard.watch(memory);
            Thread other = Thread.ofPlatform().start(() -> {
                for (int round = 1; round <= UNWINDING_ROUNDS; round++) {
                    awaitRound(asked, round);
                    guard.fire();
                    fired.set(round);
                }
            });
            for (int round = 1; round <= UNWINDING_ROUNDS; round++) {
                begin(MINUTE);
                asked.set(round);
                for (int wait = round % 64; wait > 0; wait--) {
                    Thread.onSpinWait();
                }
                guard.unwind();
                LinearMemory.poll(memory);
                awaitRound(fired, round);
                LinearMemory.poll(memory);
                assertThat(end()).isTrue();
            }
            other.join();
        }
    }

    private static void awaitRound(AtomicInteger reached, int round) {
        while (reached.get() < round) {
            Thread.onSpinWait();
        }
    }

    private static void serve(Watchdog.Guard own, long nanos) {
        try {
            own.outside(() -> {
                LockSupport.parkNanos(nanos);
                return true;
            });
        } catch (WasmInterruptedException e) {
            assertThat(e).isNotNull();
        }
    }
}
