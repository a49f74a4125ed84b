package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.endive.wasm.types.MemoryLimits;

/// Many memories, one after the other: what the process holds stays the same.
class StampCycleTest {
    private static final int WARM_UP = 5_000;
    private static final MemoryLimits LIMITS = new MemoryLimits(2, 64);
    private static final long CAP = 64L * PAGE;

    /// Less than a page for each of 100,000 cycles, and more than a JVM's heap moves by in the meantime.
    private static final long SLACK_BYTES = 300L << 20;

    @ParameterizedTest
    @CsvSource({"SCAN, 100000", "READ, 20000", "NONE, 20000", "SLAB, 20000"})
    void mappingsFilesAndMemoryStayFlat(MemoryKind kind, int cycles) {
        Memories memories = kind.memories();
        try (LinearMemory first = memories.allocate(LIMITS, CAP, 0)) {
            first.fill((byte) 1, 0, 2 * PAGE);
            cycle(memories, first, WARM_UP);
            long mappings = ProcessFigures.mappings();
            long files = ProcessFigures.files();
            long bytes = ProcessFigures.anonymousBytes();
            cycle(memories, first, cycles);
            assertThat(ProcessFigures.mappings()).isLessThan(mappings + 100);
            assertThat(ProcessFigures.files()).isLessThan(files + 20);
            assertThat(ProcessFigures.anonymousBytes()).isLessThan(bytes + SLACK_BYTES);
            assertThat(memories.figures().live()).isEqualTo(1);
            assertThat(memories.figures().images()).isZero();
        }
        assertThat(memories.figures().reservedBytes()).isZero();
    }

    /// Images come and go less often than memories, as in a host.
    private static void cycle(Memories memories, LinearMemory first, int cycles) {
        MemoryImage image = first.capture();
        for (int i = 1; i <= cycles; i++) {
            LinearMemory memory = image.stamp(LIMITS, CAP);
            memory.writeI32(PAGE, i);
            if (i % 2 == 0) {
                memory.grow(1);
                memory.writeI32(2 * PAGE + 8, i);
                memory.reset();
            }
            memory.close();
            if (i % 50 == 0) {
                image.close();
                image = first.capture();
            }
        }
        image.close();
        assertThat(memories.figures().quarantined()).isZero();
    }
}
