package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.types.MemoryLimits;

/// Closing, with nobody inside and with somebody.
class MemoryClosingTest {
    private static final MemoryLimits LIMITS = new MemoryLimits(2, 4);
    private static final long CAP = 4L * PAGE;
    private static final int ROUNDS = 500;

    @ParameterizedTest
    @EnumSource
    void accessesAfterClosingTrap(MemoryKind kind) {
        LinearMemory memory = kind.allocate(2, 4);
        memory.close();
        memory.close();
        assertThat(memory.closed()).isTrue();
        for (Access access : Access.values()) {
            assertThatThrownBy(() -> access.read(0, 0, memory))
                    .isInstanceOf(WasmRuntimeException.class)
                    .hasMessageEndingWith("limit=0");
            assertThatThrownBy(() -> access.write(0, 0, 0, memory)).isInstanceOf(WasmRuntimeException.class);
        }
        assertThatThrownBy(() -> LinearMemory.memoryFill(0, (byte) 1, 1, memory))
                .isInstanceOf(WasmRuntimeException.class);
        assertThatThrownBy(() -> memory.readBytes(0, 1)).isInstanceOf(WasmRuntimeException.class);
        assertThat(memory.grow(1)).isEqualTo(-1);
        assertThat(memory.pages()).isZero();
        assertThatThrownBy(memory::enter).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aMemoryClosedUnderAThreadIsKeptUntilThatThreadLeaves(MemoryKind kind)
            throws InterruptedException, ExecutionException {
        Memories memories = kind.memories();
        try (LinearMemory first = memories.allocate(LIMITS, CAP, 0);
                MemoryImage image = first.capture()) {
            LinearMemory memory = image.stamp(LIMITS, CAP);
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            CompletableFuture<String> guest = CompletableFuture.supplyAsync(() -> {
                memory.enter();
                try {
                    return runUntilTrap(memory, inside);
                } finally {
                    await(leave);
                    memory.exit();
                }
            });
            await(inside);
            memory.close();
            memory.close();
            assertThat(memories.figures().quarantined()).isEqualTo(1);
            assertThat(memories.figures().live()).isEqualTo(2);
            leave.countDown();
            assertThat(guest.get()).startsWith("out of bounds memory access");
            assertThat(memories.figures().quarantined()).isZero();
            assertThat(memories.figures().live()).isEqualTo(1);
        }
    }

    /// What a guest does that never looks up.
    private static String runUntilTrap(LinearMemory memory, CountDownLatch inside) {
        try {
            for (int i = 0; ; i++) {
                memory.writeI32(i * 64 % PAGE, i);
                memory.grow(i % 1000 == 0 ? 1 : 0);
                if (i == 10_000) {
                    inside.countDown();
                }
            }
        } catch (WasmRuntimeException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLastOfManyLeavesFrees(MemoryKind kind) {
        Memories memories = kind.memories();
        LinearMemory memory = memories.allocate(LIMITS, CAP, 0);
        memory.enter();
        memory.enter();
        memory.exit();
        memory.close();
        assertThat(memories.figures().quarantined()).isEqualTo(1);
        memory.exit();
        assertThat(memories.figures().quarantined()).isZero();
        assertThat(memories.figures().live()).isZero();
        assertThatThrownBy(memory::exit).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void exactlyOneOfThoseThatLeaveAndCloseIsTheLast() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            Occupancy occupancy = new Occupancy();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger freed = new AtomicInteger();
            AtomicInteger faults = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(3);
            List<Thread> threads = new ArrayList<>();
            threads.add(Thread.ofPlatform().start(() -> {
                await(start);
                if (occupancy.close() == Occupancy.Closing.LAST) {
                    faults.addAndGet(inside.get());
                    freed.incrementAndGet();
                }
            }));
            for (int i = 0; i < 2; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    await(start);
                    while (occupancy.enter()) {
                        inside.incrementAndGet();
                        faults.addAndGet(freed.get());
                        inside.decrementAndGet();
                        freed.addAndGet(occupancy.exit() ? 1 : 0);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(freed.get()).as("round=" + round).isEqualTo(1);
            assertThat(faults.get()).as("round=" + round).isZero();
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }
}
