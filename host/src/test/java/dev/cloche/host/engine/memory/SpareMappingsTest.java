package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.wasm.types.MemoryLimits;

/// Mappings that closed memories leave to the next: bounded, wiped, given up when they are in the way.
class SpareMappingsTest {
    private static final int IMAGE_PAGES = 4;
    private static final int PAGES_MAX = 8;
    private static final MemoryLimits LIMITS = new MemoryLimits(IMAGE_PAGES, PAGES_MAX);
    private static final long CAP = PAGES_MAX * (long) PAGE;
    private static final byte SECRET = (byte) 0xA5;

    private static MemoryImage image(Memories memories) {
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 1)) {
            memory.fill((byte) 7, 100, 2 * PAGE);
            return memory.capture();
        }
    }

    private static byte[] content() {
        byte[] content = new byte[IMAGE_PAGES * PAGE];
        Arrays.fill(content, 100, 2 * PAGE, (byte) 7);
        return content;
    }

    private static long address(LinearMemory memory) {
        return ((ForeignMemory) memory).address();
    }

    private static List<LinearMemory> stamped(MemoryImage image, int count) {
        return new ArrayList<>(Collections.nCopies(count, image).stream()
                .map(each -> each.stamp(LIMITS, CAP))
                .toList());
    }

    @ParameterizedTest
    @EnumSource(names = {"SCAN", "READ", "NONE", "SLAB"})
    void nothingOfAMemoryIsInTheNextAtItsPlace(MemoryKind kind) {
        try (MemoryImage image = image(kind.memories())) {
            SplittableRandom random = new SplittableRandom(11);
            long first = 0;
            for (int i = 0; i < 4 * HotPages.SAMPLE_EVERY; i++) {
                try (LinearMemory memory = image.stamp(LIMITS, CAP)) {
                    first = first == 0 ? address(memory) : first;
                    assertThat(address(memory)).isEqualTo(first);
                    memory.enter();
                    assertThat(memory.readBytes(0, IMAGE_PAGES * PAGE)).isEqualTo(content());
                    assertThat(memory.g0).isZero();
                    assertThat(memory.grow(PAGES_MAX - IMAGE_PAGES)).isEqualTo(IMAGE_PAGES);
                    assertThat(memory.readBytes(IMAGE_PAGES * PAGE, (PAGES_MAX - IMAGE_PAGES) * PAGE))
                            .containsOnly(0);
                    memory.g0 = 5;
                    memory.fill(SECRET, 0, random.nextInt(1, PAGES_MAX * PAGE));
                    memory.exit();
                    if (i % 3 == 0) {
                        memory.reset();
                    }
                }
            }
        }
    }

    @Test
    void asManyAreKeptAsMayBe() {
        Memories memories = MemoryKind.SCAN.memories();
        List<MemoryImage> images = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            images.add(image(memories));
            stamped(images.getLast(), 2 * SpareMappings.PER_IMAGE_MAX).forEach(LinearMemory::close);
            assertThat(memories.figures().spares())
                    .isEqualTo(Math.min(SpareMappings.MAX, i * SpareMappings.PER_IMAGE_MAX));
        }
        long taken = memories.figures().mappings();
        images.forEach(MemoryImage::close);
        assertThat(memories.figures().spares()).isZero();
        assertThat(taken - memories.figures().mappings()).isEqualTo(2L * SpareMappings.MAX + images.size());
    }

    @Test
    void aMemoryOfAnotherSizeGetsAMappingOfItsOwn() {
        try (MemoryImage image = image(MemoryKind.SCAN.memories())) {
            image.stamp(LIMITS, CAP).close();
            try (LinearMemory smaller = image.stamp(LIMITS, IMAGE_PAGES * (long) PAGE);
                    LinearMemory same = image.stamp(LIMITS, CAP)) {
                assertThat(smaller.grow(1)).isEqualTo(-1);
                assertThat(same.grow(PAGES_MAX - IMAGE_PAGES)).isEqualTo(IMAGE_PAGES);
                same.writeByte(PAGES_MAX * PAGE - 1, SECRET);
                assertThat(same.read(PAGES_MAX * PAGE - 1)).isEqualTo(SECRET);
            }
        }
    }

    @Test
    void whatSomebodyWasInsideOfIsNotUsedAgain() {
        Memories memories = MemoryKind.SCAN.memories();
        try (MemoryImage image = image(memories)) {
            LinearMemory memory = image.stamp(LIMITS, CAP);
            memory.enter();
            memory.close();
            memory.exit();
            assertThat(memories.figures().spares()).isZero();
        }
    }

    @Test
    void sparesAreGivenUpBeforeAMemoryIsRefused(@TempDir Path proc) throws Exception {
        Path file = proc.resolve("sys/vm/max_map_count");
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.valueOf(MappingBudget.KEPT_FREE + 12));
        Memories memories = Memories.of(
                MemorySetting.FOREIGN, false, Optional.empty(), MappingBudget.ofSystem(proc), PageMap.Way.SCAN);
        try (MemoryImage first = image(memories);
                MemoryImage second = image(memories)) {
            stamped(first, 4).forEach(LinearMemory::close);
            assertThat(memories.figures().spares()).isEqualTo(4);
            List<LinearMemory> held = stamped(second, 5);
            assertThat(memories.figures().spares()).isZero();
            assertThatThrownBy(() -> second.stamp(LIMITS, CAP)).isInstanceOf(MemoryRefusedException.class);
            held.forEach(LinearMemory::close);
        }
        assertThat(memories.figures().mappings()).isZero();
    }

    @Test
    void manyThreadsNeverShareAMapping() throws Exception {
        Memories memories = MemoryKind.SCAN.memories();
        try (MemoryImage image = image(memories);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> done = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                byte mine = (byte) (t + 20);
                done.add(threads.submit(() -> {
                    start.await();
                    boolean clean = true;
                    for (int i = 0; i < 500; i++) {
                        clean &= useAlone(image, mine);
                    }
                    return clean;
                }));
            }
            start.countDown();
            for (Future<Boolean> each : done) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(memories.figures().spares()).isZero();
        assertThat(memories.figures().live()).isZero();
    }

    private static boolean useAlone(MemoryImage image, byte mine) {
        try (LinearMemory memory = image.stamp(LIMITS, CAP)) {
            memory.enter();
            boolean clean = memory.read(0) == 0 && memory.read(PAGE) == 7;
            memory.fill(mine, 0, 3 * PAGE);
            for (int at = 0; at < 3 * PAGE; at += 4_096) {
                clean &= memory.read(at) == mine;
            }
            memory.exit();
            return clean;
        }
    }
}
