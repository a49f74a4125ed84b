package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.wasm.types.MemoryLimits;

/// Capturing, stamping, and what becomes of an image.
class MemoryImageTest {
    private static final MemoryLimits LIMITS = new MemoryLimits(1, 16);
    private static final long CAP = 16L * PAGE;

    private static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new SplittableRandom(7).nextBytes(noise);
        return noise;
    }

    private static MemoryImage captured(Memories memories, byte[] content) {
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 18)) {
            memory.grow(2);
            memory.write(5, content);
            for (int slot = 0; slot < 18; slot++) {
                memory.global(slot, slot * 11L);
            }
            return MemoryImage.capture(memory);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStampedMemoryHasContentLengthAndGlobalsOfItsImage(MemoryKind kind) {
        byte[] content = noise(2 * PAGE);
        try (MemoryImage image = captured(kind.memories(), content);
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            assertThat(image.length()).isEqualTo(3 * PAGE);
            assertThat(memory.pages()).isEqualTo(3);
            assertThat(memory.initialPages()).isEqualTo(1);
            assertThat(memory.maximumPages()).isEqualTo(16);
            assertThat(memory.readBytes(5, content.length)).isEqualTo(content);
            assertThat(memory.readBytes(5 + content.length, PAGE - 5)).containsOnly(0);
            assertThat(memory.g1).isEqualTo(11);
            assertThat(memory.global(17)).isEqualTo(187);
            assertThat(memory.image()).containsSame(image);
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoriesOfOneImageDoNotSeeEachOther(MemoryKind kind) {
        byte[] content = noise(PAGE);
        try (MemoryImage image = captured(kind.memories(), content);
                LinearMemory one = image.stamp(LIMITS, CAP);
                LinearMemory other = image.stamp(LIMITS, CAP)) {
            one.fill((byte) 1, 0, 3 * PAGE);
            other.fill((byte) 2, 100, 200);
            assertThat(one.readBytes(0, 3 * PAGE)).containsOnly(1);
            assertThat(other.readBytes(100, 100)).containsOnly(2);
            assertThat(other.readBytes(200, 500)).isEqualTo(slice(content, 195, 500));
            try (LinearMemory fresh = image.stamp(LIMITS, CAP)) {
                assertThat(fresh.readBytes(5, content.length)).isEqualTo(content);
            }
        }
    }

    private static byte[] slice(byte[] bytes, int from, int size) {
        byte[] slice = new byte[size];
        System.arraycopy(bytes, from, slice, 0, size);
        return slice;
    }

    @ParameterizedTest
    @EnumSource
    void anImageOutlivesItsOwnerUntilItsLastMemoryIsClosed(MemoryKind kind) {
        Memories memories = kind.memories();
        byte[] content = noise(PAGE);
        MemoryImage image = captured(memories, content);
        LinearMemory memory = image.stamp(LIMITS, CAP);
        image.close();
        image.close();
        assertThat(memories.figures().images()).isEqualTo(1);
        assertThatThrownBy(() -> image.stamp(LIMITS, CAP)).isInstanceOf(IllegalStateException.class);
        memory.fill((byte) 9, 0, 3 * PAGE);
        MemoryKind.reset(memory);
        assertThat(memory.readBytes(5, content.length)).isEqualTo(content);
        memory.close();
        memory.close();
        MemoryFigures figures = memories.figures();
        assertThat(figures.images()).isZero();
        assertThat(figures.imageBytes()).isZero();
        assertThat(figures.live()).isZero();
        assertThat(figures.reservedBytes()).isZero();
        assertThatThrownBy(() -> image.stamp(LIMITS, CAP)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anImageOfAStampedMemoryHoldsWhatBothWrote(MemoryKind kind) {
        byte[] content = noise(PAGE);
        try (MemoryImage image = capturedTwice(kind.memories(), content);
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            assertThat(memory.pages()).isEqualTo(4);
            assertThat(memory.readBytes(5, content.length)).isEqualTo(content);
            assertThat(memory.readInt(2 * PAGE)).isEqualTo(77);
            assertThat(memory.readInt(4 * PAGE - 4)).isEqualTo(78);
            assertThat(memory.g0).isEqualTo(-1);
        }
    }

    private static MemoryImage capturedTwice(Memories memories, byte[] content) {
        try (MemoryImage first = captured(memories, content);
                LinearMemory memory = first.stamp(LIMITS, CAP)) {
            memory.writeI32(2 * PAGE, 77);
            memory.grow(1);
            memory.writeI32(4 * PAGE - 4, 78);
            memory.g0 = -1;
            return memory.capture();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anImageLargerThanTheCapIsRefused(MemoryKind kind) {
        Memories memories = kind.memories();
        try (MemoryImage image = captured(memories, noise(1))) {
            assertThatThrownBy(() -> image.stamp(LIMITS, 2L * PAGE))
                    .isInstanceOfSatisfying(
                            MemoryRefusedException.class,
                            e -> assertThat(e.reason()).isEqualTo(MemoryRefusedException.Reason.ABOVE_CAP));
            assertThatThrownBy(() -> image.stamp(new MemoryLimits(1, 2), CAP))
                    .isInstanceOf(MemoryRefusedException.class);
            try (LinearMemory exact = image.stamp(LIMITS, 3L * PAGE)) {
                assertThat(exact.grow(1)).isEqualTo(-1);
            }
        }
        assertThat(memories.figures().live()).isZero();
        assertThat(memories.figures().images()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aMemoryWithoutPagesHasAnImageToo(MemoryKind kind) {
        try (LinearMemory empty = kind.allocate(0, 2);
                MemoryImage image = empty.capture();
                LinearMemory memory = image.stamp(new MemoryLimits(0, 2), CAP)) {
            assertThat(memory.pages()).isZero();
            assertThat(memory.grow(1)).isZero();
            memory.fill((byte) 3, 0, PAGE);
            MemoryKind.reset(memory);
            assertThat(memory.pages()).isZero();
            assertThat(memory.grow(2)).isZero();
            assertThat(memory.readBytes(0, 2 * PAGE)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMemoryThatIsClosedIsNotCaptured(MemoryKind kind) {
        LinearMemory memory = kind.allocate(1, 1);
        memory.close();
        assertThatThrownBy(memory::capture)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the memory is closed");
    }

    @ParameterizedTest
    @EnumSource
    void initialGlobalsOfTheEngineGiveWayToThoseOfTheImage(MemoryKind kind) {
        try (MemoryImage image = captured(kind.memories(), noise(1));
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            memory.g2 = 1;
            memory.global(16, 1);
            memory.restoreGlobals();
            assertThat(memory.g2).isEqualTo(22);
            assertThat(memory.global(16)).isEqualTo(176);
            assertThatThrownBy(() -> memory.globalValues(new long[3])).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
