package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.MemoryLimits;

/// What both kinds of memory do alike: edges, growth, bulk operations, the request to stop, globals.
class LinearMemoryTest {
    private static final int SIZE = 2 * PAGE;

    record Case(MemoryKind kind, Access access) {}

    static Stream<Case> accesses() {
        List<Case> cases = new ArrayList<>();
        for (MemoryKind kind : List.of(MemoryKind.HEAP, MemoryKind.SCAN)) {
            for (Access access : Access.values()) {
                cases.add(new Case(kind, access));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void theLastAddressIsInBoundsHoweverItIsPutTogether(Case test) {
        Access access = test.access();
        int last = SIZE - access.size();
        try (LinearMemory memory = test.kind().allocate(2, 4)) {
            for (int base : new int[] {0, 1, 77, last}) {
                access.write(base, ~base, last - base, memory);
                long expected = ~base & mask(access);
                assertThat(access.read(last - base, base, memory)).isEqualTo(expected);
                assertThat(access.readAt(last, memory)).isEqualTo(expected);
            }
        }
    }

    private static long mask(Access access) {
        return access.size() == Long.BYTES ? -1L : (1L << (access.size() * Byte.SIZE)) - 1;
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void anAccessThatLeavesTheMemoryIsATrapAndWritesNothing(Case test) {
        Access access = test.access();
        int[][] outside = {
            {SIZE - access.size() + 1, 0},
            {0, SIZE - access.size() + 1},
            {SIZE, 0},
            {-1, 0},
            {0, -1},
            {-1, 1},
            {1, -1},
            {-access.size(), access.size()},
            {Integer.MIN_VALUE, 0},
            {0, Integer.MIN_VALUE},
            {Integer.MIN_VALUE, Integer.MIN_VALUE},
            {Integer.MAX_VALUE, Integer.MAX_VALUE},
            {Integer.MAX_VALUE, 1},
            {-1, -1},
            {-SIZE, SIZE}
        };
        try (LinearMemory memory = test.kind().allocate(2, 4)) {
            memory.fill((byte) 0x5a, 0, SIZE);
            for (int[] at : outside) {
                assertThatThrownBy(() -> access.read(at[0], at[1], memory))
                        .isExactlyInstanceOf(WasmRuntimeException.class)
                        .hasMessage("out of bounds memory access: address=" + (unsigned(at[0]) + unsigned(at[1]))
                                + " size=" + access.size() + " limit=" + SIZE);
                assertThatThrownBy(() -> access.write(at[0], 0, at[1], memory))
                        .isExactlyInstanceOf(WasmRuntimeException.class)
                        .hasMessageStartingWith("out of bounds memory access: address=");
            }
            assertThat(memory.readBytes(0, SIZE)).containsOnly(0x5a);
        }
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void theEnginesInterfaceTakesNegativeAddressesForOutOfBounds(Case test) {
        try (LinearMemory memory = test.kind().allocate(2, 4)) {
            for (int address :
                    new int[] {-1, Integer.MIN_VALUE, SIZE, SIZE - test.access().size() + 1}) {
                assertThatThrownBy(() -> test.access().readAt(address, memory))
                        .isExactlyInstanceOf(WasmRuntimeException.class);
                assertThatThrownBy(() -> test.access().writeAt(address, 0, memory))
                        .isExactlyInstanceOf(WasmRuntimeException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void bitsOfNotANumberSurvive(Case test) {
        long bits = switch (test.access()) {
            case FLOAT -> 0x7fa0_0001L;
            case DOUBLE -> 0x7ff4_0000_0000_0001L;
            default -> 0x0123_4567_89ab_cdefL & mask(test.access());
        };
        try (LinearMemory memory = test.kind().allocate(2, 4)) {
            test.access().write(3, bits, 0, memory);
            assertThat(test.access().read(3, 0, memory)).isEqualTo(bits);
            test.access().writeAt(13, bits, memory);
            assertThat(test.access().readAt(13, memory)).isEqualTo(bits);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void aMemoryWithoutPagesHasNoAddress(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(0, 1)) {
            assertThatThrownBy(() -> memory.read(0)).isInstanceOf(WasmRuntimeException.class);
            assertThat(memory.readBytes(0, 0)).isEmpty();
            assertThat(memory.grow(1)).isZero();
            assertThat(memory.read(PAGE - 1)).isZero();
        }
        try (LinearMemory memory = kind.allocate(0, 0)) {
            assertThat(memory.grow(0)).isZero();
            assertThat(memory.grow(1)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void growthKeepsWhatIsThereAndAddsZeros(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(1, 40)) {
            memory.fill((byte) 7, 0, PAGE);
            for (int pages = 1; pages < 40; pages++) {
                assertThat(LinearMemory.memoryGrow(1, memory)).isEqualTo(pages);
                assertThat(LinearMemory.memoryPages(memory)).isEqualTo(pages + 1);
                assertThat(memory.readLong(pages * PAGE + PAGE - 8)).isZero();
                assertThat(memory.readLong(pages * PAGE - 8)).isEqualTo(0x0707_0707_0707_0707L);
                memory.fill((byte) 7, pages * PAGE, (pages + 1) * PAGE);
            }
            assertThat(memory.grow(1)).isEqualTo(-1);
            assertThat(memory.grow(-1)).isEqualTo(-1);
            assertThat(memory.grow(Integer.MIN_VALUE)).isEqualTo(-1);
            assertThat(memory.grow(0)).isEqualTo(40);
            assertThat(memory.readBytes(0, 40 * PAGE)).containsOnly(7);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void theCapLowersTheDeclaredMaximum(MemoryKind kind) {
        try (LinearMemory memory = kind.memories().allocate(new MemoryLimits(1, 100), 3L * PAGE + 1, 0)) {
            assertThat(memory.initialPages()).isEqualTo(1);
            assertThat(memory.maximumPages()).isEqualTo(3);
            assertThat(memory.grow(3)).isEqualTo(-1);
            assertThat(memory.grow(2)).isEqualTo(1);
        }
        assertThatThrownBy(() -> kind.memories().allocate(new MemoryLimits(4, 100), 3L * PAGE, 0))
                .isInstanceOfSatisfying(
                        MemoryRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(MemoryRefusedException.Reason.ABOVE_CAP))
                .hasMessageContaining("pages=4 cap=" + 3 * PAGE);
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void aSharedMemoryIsRefused(MemoryKind kind) {
        Memories memories = kind.memories();
        assertThatThrownBy(() -> memories.allocate(new MemoryLimits(1, 2, true), 1 << 20, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shared memory is not supported");
        assertThat(memories.figures().live()).isZero();
    }

    @Test
    void theWholeOfWhatTheEngineAllowsCanBeReached() {
        int pages = Memory.RUNTIME_MAX_PAGES;
        try (LinearMemory memory = MemoryKind.SCAN.allocate(1, 65_536)) {
            assertThat(memory.maximumPages()).isEqualTo(pages);
            assertThat(memory.grow(pages - 1)).isEqualTo(1);
            int last = pages * PAGE - 8;
            Access.LONG.write(last, 42, 0, memory);
            assertThat(Access.LONG.read(last - 8, 8, memory)).isEqualTo(42);
            assertThatThrownBy(() -> Access.LONG.read(last, 1, memory))
                    .hasMessage("out of bounds memory access: address=" + (last + 1L) + " size=8 limit=" + (last + 8L));
            assertThatThrownBy(() -> Access.BYTE.read(Integer.MIN_VALUE, 0, memory))
                    .isInstanceOf(WasmRuntimeException.class);
            assertThat(memory.grow(1)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void bulkOperationsOfNoBytesMayTouchTheEndButNotPassIt(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(2, 2)) {
            LinearMemory.memoryFill(SIZE, (byte) 1, 0, memory);
            LinearMemory.memoryCopy(SIZE, SIZE, 0, memory);
            memory.fill((byte) 1, SIZE, SIZE);
            memory.copy(SIZE, 0, 0);
            memory.write(SIZE, new byte[0]);
            assertThat(memory.readBytes(SIZE, 0)).isEmpty();
            assertTrap(() -> LinearMemory.memoryFill(SIZE + 1, (byte) 1, 0, memory));
            assertTrap(() -> LinearMemory.memoryCopy(SIZE + 1, 0, 0, memory));
            assertTrap(() -> LinearMemory.memoryCopy(0, SIZE + 1, 0, memory));
            assertTrap(() -> LinearMemory.memoryFill(-1, (byte) 1, 0, memory));
            assertTrap(() -> memory.fill((byte) 1, SIZE + 1, SIZE + 1));
            assertTrap(() -> memory.copy(SIZE + 1, 0, 0));
            assertTrap(() -> memory.write(SIZE + 1, new byte[0]));
            assertTrap(() -> memory.readBytes(SIZE + 1, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void bulkOperationsThatLeaveTheMemoryWriteNothing(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(2, 2)) {
            memory.fill((byte) 0x5a, 0, SIZE);
            assertTrap(() -> LinearMemory.memoryFill(1, (byte) 1, SIZE, memory));
            assertTrap(() -> LinearMemory.memoryFill(1, (byte) 1, -1, memory));
            assertTrap(() -> LinearMemory.memoryFill(-1, (byte) 1, 2, memory));
            assertTrap(() -> LinearMemory.memoryCopy(0, 1, SIZE, memory));
            assertTrap(() -> LinearMemory.memoryCopy(1, 0, SIZE, memory));
            assertTrap(() -> LinearMemory.memoryCopy(0, 0, -1, memory));
            assertTrap(() -> LinearMemory.memoryCopy(-1, 0, 1, memory));
            assertTrap(() -> memory.fill((byte) 1, 5, 4));
            assertTrap(() -> memory.fill((byte) 1, -1, 4));
            assertTrap(() -> memory.copy(0, 0, -1));
            assertTrap(() -> memory.copy(-1, 0, 1));
            assertTrap(() -> memory.write(SIZE - 2, new byte[3]));
            assertTrap(() -> memory.write(0, new byte[3], 1, 3));
            assertTrap(() -> memory.write(0, new byte[3], -1, 1));
            assertTrap(() -> memory.readBytes(SIZE - 2, 3));
            assertTrap(() -> memory.readBytes(0, -1));
            assertThat(memory.readBytes(0, SIZE)).containsOnly(0x5a);
        }
    }

    private static void assertTrap(Runnable operation) {
        assertThatThrownBy(operation::run)
                .isExactlyInstanceOf(WasmRuntimeException.class)
                .hasMessageStartingWith("out of bounds memory access: ");
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void copyingBetweenTwoMemoriesChecksBoth(MemoryKind kind) {
        try (LinearMemory one = kind.allocate(2, 2);
                LinearMemory other = kind.allocate(1, 1)) {
            one.write(PAGE, new byte[] {1, 2, 3});
            LinearMemory.memoryCopy(PAGE - 3, PAGE, 3, other, one);
            assertThat(other.readBytes(PAGE - 3, 3)).containsExactly(1, 2, 3);
            assertTrap(() -> LinearMemory.memoryCopy(PAGE - 2, PAGE, 3, other, one));
            assertTrap(() -> LinearMemory.memoryCopy(0, SIZE - 2, 3, other, one));
            LinearMemory.memoryCopy(PAGE + 1, PAGE, 3, one, one);
            assertThat(one.readBytes(PAGE, 4)).containsExactly(1, 1, 2, 3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void aRequestToStopIsSeenByPollAndBetweenThePiecesOfBulkOperations(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(64, 64)) {
            assertThatCode(() -> LinearMemory.poll(memory)).doesNotThrowAnyException();
            memory.stop(true);
            assertThatThrownBy(() -> LinearMemory.poll(memory))
                    .isInstanceOf(WasmInterruptedException.class)
                    .hasMessage("Thread interrupted");
            int size = 2 * LinearMemory.BULK_PIECE_BYTES;
            assertThatThrownBy(() -> LinearMemory.memoryFill(0, (byte) 1, size, memory))
                    .isInstanceOf(WasmInterruptedException.class);
            assertThat(memory.read(LinearMemory.BULK_PIECE_BYTES - 1)).isEqualTo((byte) 1);
            assertThat(memory.read(LinearMemory.BULK_PIECE_BYTES)).isZero();
            assertThatThrownBy(() -> LinearMemory.memoryCopy(size, 0, size, memory))
                    .isInstanceOf(WasmInterruptedException.class);
            memory.stop(false);
            LinearMemory.memoryFill(0, (byte) 1, size, memory);
            assertThat(memory.read(size - 1)).isEqualTo((byte) 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void everyGlobalHasItsOwnSlot(MemoryKind kind) {
        int count = GlobalSlots.FIELDS + 3;
        try (LinearMemory memory = kind.memories().allocate(new MemoryLimits(1, 1), PAGE, count)) {
            for (int slot = 0; slot < count; slot++) {
                memory.global(slot, 1000 + slot);
            }
            for (int slot = 0; slot < count; slot++) {
                assertThat(memory.global(slot)).isEqualTo(1000 + slot);
            }
            assertThat(memory.g0).isEqualTo(1000);
            assertThat(memory.g15).isEqualTo(1015);
            assertThat(LinearMemory.extraGlobal(16, memory)).isEqualTo(1016);
            LinearMemory.setG7(-7, memory);
            LinearMemory.setExtraGlobal(-18, 18, memory);
            assertThat(memory.globalValues()).hasSize(count).contains(-7, -18);
            assertThat(memory.global(7)).isEqualTo(-7);
            assertThat(memory.globals).containsExactly(1016, 1017, -18);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void theEnginesAtomicOperationsWorkOnAMemoryOfOneThread(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(1, 1)) {
            assertThat(memory.shared()).isFalse();
            assertThat(memory.atomicAddInt(8, 5)).isZero();
            assertThat(memory.atomicCmpxchgInt(8, 5, 9)).isEqualTo(5);
            assertThat(memory.atomicReadInt(8)).isEqualTo(9);
            assertThat(memory.atomicNotify(8, 1)).isZero();
            assertThatThrownBy(() -> memory.atomicWait(8, 9, -1L)).isInstanceOf(WasmEngineException.class);
            assertThatThrownBy(() -> memory.atomicWait(8, 9L, -1L)).isInstanceOf(WasmEngineException.class);
        }
    }
}
