package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.wasm.types.MemoryLimits;

/// Images as bytes: written by one kind of memory, read by the other, damaged on the way.
class StoredImageTest {
    private static final int LENGTH_AT = 12;
    private static final int GLOBALS_AT = 20;

    private static LinearMemory scattered(Memories memories, int pages) {
        LinearMemory memory = memories.allocate(new MemoryLimits(pages, pages), pages * (long) PAGE, 3);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 20; i++) {
            memory.writeLong(random.nextInt(pages * PAGE - 8), random.nextLong());
        }
        memory.fill((byte) 4, 0, 100_000);
        memory.writeByte(pages * PAGE - 1, (byte) 1);
        memory.global(2, Long.MIN_VALUE);
        return memory;
    }

    private static byte[] stored(LinearMemory memory) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (MemoryImage image = memory.capture()) {
            image.writeTo(output);
        }
        return output.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"HEAP, HEAP", "HEAP, SCAN", "SCAN, HEAP", "SCAN, SCAN"})
    void anImageComesBackAsItWas(MemoryKind writer, MemoryKind reader) throws IOException {
        int pages = 9;
        MemoryLimits limits = new MemoryLimits(pages, pages);
        try (LinearMemory memory = scattered(writer.memories(), pages);
                MemoryImage image =
                        reader.memories().readImage(new ByteArrayInputStream(stored(memory)), pages * (long) PAGE);
                LinearMemory stamped = image.stamp(limits, pages * (long) PAGE)) {
            assertThat(Arrays.equals(stamped.readBytes(0, pages * PAGE), memory.readBytes(0, pages * PAGE)))
                    .isTrue();
            assertThat(stamped.globalValues()).containsExactly(0, 0, Long.MIN_VALUE);
            assertThat(image.dropped()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void bothKindsWriteTheSameAndLeaveZerosOut(MemoryKind kind) throws IOException {
        int pages = 256;
        try (LinearMemory memory = scattered(kind.memories(), pages);
                LinearMemory other = scattered(MemoryKind.HEAP.memories(), pages)) {
            byte[] stored = stored(memory);
            assertThat(stored).isEqualTo(stored(other));
            assertThat(stored.length).isBetween(100_000, 300_000);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void anImageThatWasCutShortOrChangedIsRefusedAndLeavesNothing(MemoryKind kind) throws IOException {
        Memories memories = kind.memories();
        byte[] whole;
        try (LinearMemory memory = scattered(memories, 4)) {
            whole = stored(memory);
        }
        for (int size = 0; size < whole.length; size += 1 + size / 7) {
            assertRefused(memories, Arrays.copyOf(whole, size), "cut short");
        }
        assertRefused(memories, with(whole, 0, (byte) 0), "magic=");
        assertRefused(memories, with(whole, 11, (byte) 99), "version=99");
        assertRefused(memories, with(whole, LENGTH_AT + 7, (byte) 1), "length=");
        assertRefused(memories, with(whole, LENGTH_AT, (byte) 0x80), "length=");
        assertRefused(memories, with(whole, GLOBALS_AT, (byte) 0x70), "globals=");
        int segmentsAt = GLOBALS_AT + 4 + 3 * 8;
        assertRefused(memories, with(whole, segmentsAt, (byte) 0x80), "segments=");
        int runsAt = segmentsAt + 4;
        assertRefused(memories, with(whole, runsAt, (byte) 0x80), "block=");
        assertRefused(memories, with(whole, runsAt, (byte) 0x10), "end=");
        assertRefused(memories, with(whole, runsAt + 4, (byte) 0x10), "blocks=");
        assertRefused(memories, with(whole, runsAt + 7, (byte) 0), "blocks=");
        assertThat(memories.figures().images()).isZero();
    }

    private static byte[] with(byte[] whole, int at, byte value) {
        byte[] changed = whole.clone();
        changed[at] = value;
        return changed;
    }

    private static void assertRefused(Memories memories, byte[] stored, String why) {
        assertThatThrownBy(() -> memories.readImage(new ByteArrayInputStream(stored), 64L * PAGE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the stored image is")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SCAN"})
    void randomDamageNeverGetsPastTheReader(MemoryKind kind) throws IOException {
        Memories memories = kind.memories();
        byte[] whole;
        try (LinearMemory memory = scattered(memories, 4)) {
            whole = stored(memory);
        }
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < 300; i++) {
            byte[] changed = whole.clone();
            for (int k = 0; k <= random.nextInt(4); k++) {
                changed[random.nextInt(random.nextInt(1, changed.length))] = (byte) random.nextInt();
            }
            try (MemoryImage image = memories.readImage(new ByteArrayInputStream(changed), 64L * PAGE)) {
                assertThat(image.length()).isBetween(0L, 64L * PAGE);
            } catch (IOException | MemoryRefusedException e) {
                assertThat(e).hasMessageContaining("the stored image is");
            }
        }
        assertThat(memories.figures().images()).isZero();
    }

    @Test
    void anImageLargerThanTheCapIsNotRead() throws IOException {
        try (LinearMemory memory = scattered(MemoryKind.HEAP.memories(), 4)) {
            byte[] stored = stored(memory);
            assertThatThrownBy(() -> MemoryKind.SCAN.memories().readImage(new ByteArrayInputStream(stored), 3L * PAGE))
                    .isInstanceOf(MemoryRefusedException.class)
                    .hasMessage("the stored image is larger than the cap, bytes=262144 cap=196608");
            ByteBuffer.wrap(stored).putLong(LENGTH_AT, 40_000L * PAGE);
            assertThatThrownBy(() ->
                            MemoryKind.SCAN.memories().readImage(new ByteArrayInputStream(stored), Long.MAX_VALUE))
                    .isInstanceOf(MemoryRefusedException.class);
        }
    }

    @Test
    void anImageIsReadByAnotherProcess(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("image");
        try (LinearMemory memory = scattered(MemoryKind.SCAN.memories(), 5)) {
            memory.writeCString(70_000, "from the first process");
            Files.write(file, stored(memory));
        }
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ImageReadingChild.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isZero();
        assertThat(said.strip()).isEqualTo("from the first process");
    }
}
