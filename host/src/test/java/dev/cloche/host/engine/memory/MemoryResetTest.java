package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.wasm.types.MemoryLimits;

/// Reset: exact whatever was written, and learned pages stay in memory.
class MemoryResetTest {
    private static final int IMAGE_PAGES = 24;
    private static final int PAGES_MAX = 40;
    private static final MemoryLimits LIMITS = new MemoryLimits(IMAGE_PAGES, PAGES_MAX);
    private static final long CAP = PAGES_MAX * (long) PAGE;
    private static final int SYSTEM_PAGE = Posix.PAGE_BYTES;

    /// A byte that the image does not contain.
    private static final byte SECRET = (byte) 0xA5;

    /// Mostly noise, with holes.
    private static byte[] original() {
        byte[] content = new byte[IMAGE_PAGES * PAGE];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < content.length; i++) {
            boolean hole = i / PAGE % 4 == 3;
            byte value = (byte) random.nextInt();
            content[i] = hole || value == SECRET ? 0 : value;
        }
        return content;
    }

    private static MemoryImage image(Memories memories, byte[] content) {
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 1)) {
            memory.write(0, content);
            return memory.capture();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfALeaseCanBeReadAfterReset(MemoryKind kind) {
        byte[] content = original();
        try (MemoryImage image = image(kind.memories(), content);
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            SplittableRandom random = new SplittableRandom(5);
            for (int lease = 0; lease < 2 * HotPages.SAMPLE_EVERY; lease++) {
                // The usual work of a lease, sometimes much more, and always some pages that it never wrote before.
                memory.fill(SECRET, 3 * PAGE, 4 * PAGE);
                if (lease % 5 == 0) {
                    memory.grow(random.nextInt(PAGES_MAX - IMAGE_PAGES + 1));
                    memory.fill(SECRET, 0, memory.pages() * PAGE);
                }
                if (lease % 7 == 3) {
                    // More runs than the system tells at once.
                    for (int at = 0; at < memory.pages() * PAGE; at += 2 * SYSTEM_PAGE) {
                        memory.writeByte(at, SECRET);
                    }
                }
                for (int i = 0; i < 10; i++) {
                    memory.writeByte(random.nextInt(memory.pages() * PAGE), SECRET);
                }
                MemoryKind.reset(memory);
                assertThat(memory.pages()).isEqualTo(IMAGE_PAGES);
                assertThat(Arrays.equals(memory.readBytes(0, content.length), content))
                        .as("lease=" + lease)
                        .isTrue();
                assertThat(memory.grow(PAGES_MAX - IMAGE_PAGES)).isEqualTo(IMAGE_PAGES);
                byte[] grown = memory.readBytes(content.length, (PAGES_MAX - IMAGE_PAGES) * PAGE);
                assertThat(Arrays.equals(grown, new byte[grown.length]))
                        .as("lease=" + lease)
                        .isTrue();
                MemoryKind.reset(memory);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void globalsComeBackToo(MemoryKind kind) {
        try (MemoryImage image = image(kind.memories(), original());
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            memory.g0 = 12;
            MemoryKind.reset(memory);
            assertThat(memory.g0).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyAStampedMemoryThatIsOpenCanBeReset(MemoryKind kind) {
        try (LinearMemory memory = kind.allocate(1, 1)) {
            assertThatThrownBy(memory::reset)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("only a stamped memory");
        }
        try (MemoryImage image = image(kind.memories(), original())) {
            LinearMemory memory = image.stamp(LIMITS, CAP);
            memory.close();
            assertThatThrownBy(memory::reset)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    private static SortedSet<Integer> written(LinearMemory memory) {
        SortedSet<Integer> pages = new TreeSet<>();
        long start = ((ForeignMemory) memory).address();
        PageMap map = PageMap.ofProcess();
        assertThat(map.find(start, memory.length(), (from, to) -> {
                    for (long at = from; at < to; at += SYSTEM_PAGE) {
                        pages.add((int) ((at - start) / SYSTEM_PAGE));
                    }
                }))
                .isTrue();
        return pages;
    }

    private static void lease(LinearMemory memory, int... pages) {
        for (int page : pages) {
            memory.writeByte(page * SYSTEM_PAGE + 1, SECRET);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SCAN", "READ"})
    void whatLeasesUsuallyWriteToStaysAndTheRestIsDropped(MemoryKind kind) {
        try (MemoryImage image = image(kind.memories(), original());
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            for (int i = 0; i < HotPages.FIRST_LEASES + 1; i++) {
                lease(memory, 2, 3, 90, 100 + i);
                MemoryKind.reset(memory);
            }
            lease(memory, 2, 3, 90, 200, 201, 300);
            assertThat(written(memory)).containsExactly(2, 3, 90, 200, 201, 300);
            MemoryKind.reset(memory);
            assertThat(written(memory)).containsExactly(2, 3, 90);
            try (LinearMemory next = image.stamp(LIMITS, CAP)) {
                assertThat(written(next)).isEmpty();
                MemoryKind.goInside(next);
                assertThat(written(next)).containsExactly(2, 3, 90);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SCAN", "READ"})
    void memoriesThatAreClosedWithoutResetTeachToo(MemoryKind kind) {
        try (MemoryImage image = image(kind.memories(), original())) {
            for (int i = 0; i < HotPages.FIRST_LEASES; i++) {
                try (LinearMemory memory = image.stamp(LIMITS, CAP)) {
                    lease(memory, 7, 9);
                }
            }
            try (LinearMemory memory = image.stamp(LIMITS, CAP)) {
                assertThat(written(memory)).containsExactly(7, 9);
            }
        }
    }

    @Test
    void wherePagesCannotBeToldAllAreDropped() {
        try (MemoryImage image = image(MemoryKind.NONE.memories(), original());
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            for (int i = 0; i < HotPages.FIRST_LEASES + 1; i++) {
                lease(memory, 2, 3);
                MemoryKind.reset(memory);
                assertThat(written(memory)).isEmpty();
            }
        }
    }

    @Test
    void whatIsHeldForTheNextLeaseIsBounded() {
        try (MemoryImage image = image(MemoryKind.SCAN.memories(), original());
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            int[] many = IntStream.range(0, 300).toArray();
            for (int i = 0; i < HotPages.FIRST_LEASES + 1; i++) {
                lease(memory, many);
                MemoryKind.reset(memory);
            }
            lease(memory, many);
            MemoryKind.reset(memory);
            assertThat(written(memory)).hasSize(HotPages.USUAL_PAGES_MAX);
            try (LinearMemory next = image.stamp(LIMITS, CAP)) {
                MemoryKind.goInside(next);
                assertThat(written(next)).hasSize(HotPages.USUAL_PAGES_MAX);
            }
        }
    }

    @Test
    void theUsualPagesFollowWhenTheWorkChanges() {
        try (MemoryImage image = image(MemoryKind.SCAN.memories(), original());
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            for (int i = 0; i < 100; i++) {
                lease(memory, 5, 6);
                MemoryKind.reset(memory);
            }
            for (int i = 0; i < 60 * HotPages.SAMPLE_EVERY + 1; i++) {
                lease(memory, 50, 60);
                MemoryKind.reset(memory);
            }
            lease(memory, 50, 60);
            MemoryKind.reset(memory);
            assertThat(written(memory)).containsExactly(50, 60);
        }
    }

    @Test
    void pagesBehindTheImageMayBeUsualToo() {
        int behind = IMAGE_PAGES * PAGE / SYSTEM_PAGE + 1;
        try (MemoryImage image = image(MemoryKind.SCAN.memories(), original());
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            for (int i = 0; i < HotPages.FIRST_LEASES + 2; i++) {
                memory.grow(2);
                assertThat(memory.read(behind * SYSTEM_PAGE + 1)).isZero();
                lease(memory, 1, behind);
                MemoryKind.reset(memory);
            }
            memory.grow(2);
            assertThat(written(memory)).containsExactly(1, behind);
            try (LinearMemory smaller = image.stamp(LIMITS, IMAGE_PAGES * (long) PAGE)) {
                MemoryKind.goInside(smaller);
                assertThat(written(smaller)).containsExactly(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SCAN", "READ", "NONE", "SLAB"})
    void nothingCanBeReachedBeforeAResetIsFinished(MemoryKind kind) {
        byte[] content = original();
        try (MemoryImage image = image(kind.memories(), content);
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            for (int i = 0; i < 2 * HotPages.FIRST_LEASES; i++) {
                memory.fill(SECRET, 0, 8 * SYSTEM_PAGE);
                memory.reset();
                assertThat(memory.pages()).isEqualTo(IMAGE_PAGES);
                for (Executable access : List.<Executable>of(
                        () -> memory.read(0),
                        () -> memory.readLong(8),
                        () -> memory.writeI32(0, 1),
                        () -> memory.readBytes(0, 1),
                        () -> memory.fill((byte) 1, 0, 1),
                        () -> memory.copy(0, 1, 1),
                        () -> memory.write(0, new byte[1]))) {
                    assertThatThrownBy(access::execute).hasMessageContaining("limit=0");
                }
                assertThat(memory.grow(1)).isEqualTo(IMAGE_PAGES);
                assertThatThrownBy(() -> memory.read(0)).hasMessageContaining("limit=0");
                memory.reset();
                MemoryKind.goInside(memory);
                assertThat(memory.readBytes(0, content.length)).isEqualTo(content);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anImageOfAMemoryThatWasResetIsTheOriginal(MemoryKind kind) {
        byte[] content = original();
        try (MemoryImage image = image(kind.memories(), content);
                LinearMemory memory = image.stamp(LIMITS, CAP)) {
            for (int i = 0; i < 2 * HotPages.FIRST_LEASES; i++) {
                memory.fill(SECRET, 0, 8 * SYSTEM_PAGE);
                memory.reset();
                try (MemoryImage second = memory.capture();
                        LinearMemory copy = second.stamp(LIMITS, CAP)) {
                    assertThat(copy.readBytes(0, content.length)).isEqualTo(content);
                }
            }
        }
    }
}
