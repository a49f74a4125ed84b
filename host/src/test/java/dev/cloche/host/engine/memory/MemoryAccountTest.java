package dev.cloche.host.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// One number for an isolate, one for the host, and nothing left of either in the end.
class MemoryAccountTest {
    private static final long PAGE = Memory.PAGE_SIZE;
    private static final long MIB = 1 << 20;
    private static final MemoryLimits LIMITS = new MemoryLimits(2, 64);
    private static final long CAP = 64 * PAGE;

    private static Memories memories(MemorySetting kind, long max) {
        return Memories.of(kind, max, 1L << 40);
    }

    private static void refused(Reason reason, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        MemoryRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @EnumSource(
            value = MemorySetting.class,
            names = {"FOREIGN", "HEAP"})
    void memoriesAndImagesCountToTheHostsSumUntilTheyAreFreed(MemorySetting kind) {
        Memories memories = memories(kind, 10 * PAGE);
        HostMemory host = memories.host();
        LinearMemory first = memories.allocate(LIMITS, CAP, 0);
        assertThat(host.used()).isEqualTo(2 * PAGE);
        assertThat(first.grow(3)).isEqualTo(2);
        assertThat(host.used()).isEqualTo(5 * PAGE);
        assertThat(first.grow(6)).as("eleven pages").isEqualTo(-1);
        assertThat(host.used()).isEqualTo(5 * PAGE);
        MemoryImage image = first.capture();
        first.close();
        assertThat(host.used()).isEqualTo(5 * PAGE);
        LinearMemory stamped = image.stamp(LIMITS, CAP);
        assertThat(host.used()).isEqualTo(10 * PAGE);
        refused(Reason.HOST_FULL, () -> image.stamp(LIMITS, CAP));
        refused(Reason.HOST_FULL, () -> memories.allocate(LIMITS, CAP, 0));
        assertThat(host.used()).isEqualTo(10 * PAGE);
        image.close();
        assertThat(host.used()).as("the memory still shows it").isEqualTo(10 * PAGE);
        stamped.close();
        assertThat(host.used()).isZero();
        assertThat(host.heapUsed()).isZero();
    }

    /// An answer can come for an isolate that is gone.
    @Test
    void whatIsAddedAfterTheAccountIsClosedIsNotHeldForEver() throws InterruptedException {
        Memories memories = memories(MemorySetting.HEAP, 100 * MIB);
        MemoryAccount late = memories.account(CAP);
        late.close();
        late.add(MIB);
        assertThat(memories.host().used()).isZero();
        for (int i = 0; i < 2_000; i++) {
            MemoryAccount account = memories.account(CAP);
            Thread adding = Thread.ofVirtual().start(() -> {
                account.add(MIB);
                account.add(MIB);
            });
            account.close();
            adding.join();
            assertThat(memories.host().used()).as("i=%d", i).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MemorySetting.class,
            names = {"FOREIGN", "HEAP"})
    void aResetGivesBackWhatHasGrown(MemorySetting kind) {
        Memories memories = memories(kind, 100 * PAGE);
        try (LinearMemory first = memories.allocate(LIMITS, CAP, 0);
                MemoryImage image = first.capture();
                LinearMemory stamped = image.stamp(LIMITS, CAP)) {
            long before = memories.host().used();
            stamped.enter();
            assertThat(stamped.grow(20)).isEqualTo(2);
            stamped.exit();
            assertThat(memories.host().used()).isEqualTo(before + 20 * PAGE);
            stamped.reset();
            assertThat(memories.host().used()).isEqualTo(before);
        }
        assertThat(memories.host().used()).isZero();
    }

    @Test
    void memoryTablesAndWhatTheHostHoldsAreOneNumber() {
        Memories memories = memories(MemorySetting.HEAP, 100 * MIB);
        MemoryAccount account = memories.account(10 * PAGE);
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 0)) {
            account.open(memory);
            assertThat(account.takeTables(3 * PAGE)).isTrue();
            assertThat(account.takeTables(6 * PAGE)).isFalse();
            account.hold(MemoryAccount.HELD_FREE + 2 * PAGE);
            assertThat(account.used()).isEqualTo(7 * PAGE);
            assertThat(memory.grow(4)).isEqualTo(-1);
            assertThat(memory.grow(3)).isEqualTo(2);
            refused(Reason.ABOVE_CAP, () -> account.hold(1));
            refused(Reason.ABOVE_CAP, () -> account.copy(1));
            account.check();
            account.add(1);
            refused(Reason.ABOVE_CAP, account::check);
            account.dropAll();
            assertThat(account.used()).isEqualTo(8 * PAGE);
            account.copy(PAGE + MemoryAccount.HELD_FREE);
            account.hold(PAGE);
            refused(Reason.ABOVE_CAP, () -> account.hold(1));
            account.dropCopies();
            account.dropCopies();
            account.drop(PAGE);
            assertThat(account.used()).isEqualTo(8 * PAGE);
        }
        account.close();
        account.close();
        assertThat(memories.host().used()).isZero();
    }

    @Test
    void whoseMemoryIsFullCanStillSaySo() {
        Memories memories = memories(MemorySetting.HEAP, 100 * MIB);
        try (MemoryAccount account = memories.account(2 * PAGE);
                LinearMemory memory = memories.allocate(LIMITS, CAP, 0)) {
            account.open(memory);
            account.hold(MemoryAccount.HELD_FREE);
            refused(Reason.ABOVE_CAP, () -> account.hold(1));
        }
    }

    /// Two isolates, each far below its own number.
    @ParameterizedTest
    @EnumSource(
            value = MemorySetting.class,
            names = {"FOREIGN", "HEAP"})
    void whatAnIsolateMayHaveIsRefusedOnceTheHostIsFull(MemorySetting kind) {
        Memories memories = memories(kind, MIB);
        HostMemory host = memories.host();
        try (MemoryAccount greedy = memories.account(CAP);
                MemoryAccount other = memories.account(CAP)) {
            greedy.hold(MIB - 100);
            refused(Reason.HOST_FULL, () -> other.hold(101));
            refused(Reason.HOST_FULL, () -> other.copy(101));
            assertThat(other.takeTables(101)).isFalse();
            assertThat(other.used()).isZero();
            assertThat(host.used()).isEqualTo(MIB - 100);
            other.dropCopies();
            other.hold(100);
            assertThat(host.used()).isEqualTo(MIB);
            other.check();
            other.add(1);
            refused(Reason.HOST_FULL, other::check);
            greedy.dropAll();
            other.check();
            assertThat(other.takeTables(101)).isTrue();
        }
        assertThat(host.used()).isZero();
        assertThat(host.heapUsed()).isZero();
    }

    @Test
    void theHostsBoundsGoByTheMachineAndTheHeap() {
        long gib = 1L << 30;
        HostMemory foreign = HostMemory.of(0, 11 * gib, gib, false);
        assertThat(foreign.max()).isEqualTo(8 * gib);
        assertThat(foreign.heapMax()).isEqualTo(gib / 4);
        HostMemory arrays = HostMemory.of(0, 11 * gib, 3 * gib, true);
        assertThat(arrays.max()).isEqualTo(gib);
        assertThat(arrays.heapMax()).isEqualTo(gib);
        assertThat(HostMemory.of(5 * gib, 11 * gib, gib, false).max()).isEqualTo(5 * gib);
        assertThat(HostMemory.of(0, gib, 2 * gib, false).max()).isPositive();
    }

    @Test
    void theHeapsPartIsBoundedByItself() {
        HostMemory host = new HostMemory(100, 10, false);
        assertThat(host.takeLinear(80)).isTrue();
        assertThat(host.takeHeap(11)).isFalse();
        assertThat(host.takeHeap(10)).isTrue();
        assertThat(host.takeLinear(11)).isFalse();
        assertThat(host.takeLinear(10)).isTrue();
        assertThat(host.takeHeap(0)).isTrue();
        assertThat(host.exceeded()).isFalse();
        host.addHeap(1);
        assertThat(host.exceeded()).isTrue();
        assertThat(host).hasToString("used=101 max=100 heap-used=11 heap-max=10");
    }

    /// Threads take and give at random: never more than there is, and nothing is left in the end.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neverMoreThanThereIs(long seed) throws InterruptedException {
        Memories memories = memories(MemorySetting.HEAP, 40 * MIB);
        HostMemory host = memories.host();
        var random = new SplittableRandom(seed);
        List<Thread> threads = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            SplittableRandom own = random.split();
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 300; round++) {
                    if (!play(memories, own) || host.used() > host.max()) {
                        synchronized (wrong) {
                            wrong.add(host.toString());
                        }
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(host.used()).isZero();
        assertThat(host.heapUsed()).isZero();
    }

    private static boolean play(Memories memories, SplittableRandom random) {
        try (MemoryAccount account = memories.account(CAP);
                LinearMemory memory = memories.allocate(LIMITS, CAP, 0)) {
            account.open(memory);
            for (int i = 0; i < 20; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> memory.grow(random.nextInt(8));
                    case 1 -> account.takeTables(random.nextInt(1 << 18));
                    case 2 -> account.copy(random.nextInt(1 << 18));
                    default -> account.dropCopies();
                }
            }
            return account.used() <= account.limit();
        } catch (MemoryRefusedException e) {
            return e.reason() == Reason.ABOVE_CAP || e.reason() == Reason.HOST_FULL;
        }
    }
}
