package dev.cloche.host.engine.memory;

import static dev.cloche.host.engine.memory.MemoryKind.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import run.endive.wasm.types.MemoryLimits;

/// Which kind of memory is chosen, what is refused, and that what is refused leaves nothing behind.
class MemoriesTest {
    private static final MemoryLimits LIMITS = new MemoryLimits(1, 4);
    private static final long CAP = 4L * PAGE;

    private static Memories of(MemorySetting setting, Optional<String> unavailable, MappingBudget mappings) {
        return Memories.of(setting, false, unavailable, mappings, PageMap.Way.SCAN);
    }

    @Test
    void autoTakesForeignMemoryWhereThereIsAny() {
        Memories memories = of(MemorySetting.AUTO, Optional.empty(), MappingBudget.PROCESS);
        assertThat(memories.foreign()).isTrue();
        assertThat(memories.description()).startsWith("foreign memory, ").endsWith("huge-pages=unmentioned");
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 0)) {
            assertThat(memory).isInstanceOf(ForeignMemory.class);
        }
    }

    @Test
    void autoTakesTheHeapWhereThereIsNoForeignMemoryAndSaysWhy() {
        Memories memories = of(MemorySetting.AUTO, Optional.of("os.name=Plan 9"), MappingBudget.PROCESS);
        assertThat(memories.foreign()).isFalse();
        assertThat(memories.description()).isEqualTo("heap arrays, since there is no foreign memory: os.name=Plan 9");
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 0)) {
            assertThat(memory).isInstanceOf(HeapMemory.class);
        }
    }

    @Test
    void foreignIsAnErrorWhereThereIsNoForeignMemory() {
        assertThatThrownBy(() -> of(MemorySetting.FOREIGN, Optional.of("os.name=Plan 9"), MappingBudget.PROCESS))
                .isInstanceOfSatisfying(
                        MemoryRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageEndingWith("mend the reason: os.name=Plan 9");
    }

    @Test
    void heapIsTakenWithoutAskingForForeignMemory() {
        Memories memories = Memories.of(MemorySetting.HEAP, true);
        assertThat(memories.foreign()).isFalse();
        assertThat(memories.description()).isEqualTo("heap arrays, as the setting says, memory=heap");
        assertThat(memories.figures()).isEqualTo(new MemoryFigures(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void thisMachineHasForeignMemory() {
        assertThat(ForeignMemory.unavailable()).isEmpty();
        assertThat(Memories.of(MemorySetting.AUTO).foreign()).isTrue();
    }

    @Test
    void hugePagesCanBeAskedFor() {
        Memories memories = Memories.of(MemorySetting.FOREIGN, true);
        assertThat(memories.description()).endsWith("huge-pages=wanted");
        try (LinearMemory memory = memories.allocate(new MemoryLimits(64, 64), 64L * PAGE, 0)) {
            memory.fill((byte) 1, 0, 64 * PAGE);
            try (MemoryImage image = memory.capture();
                    LinearMemory stamped = image.stamp(new MemoryLimits(64, 64), 64L * PAGE)) {
                stamped.fill((byte) 2, 0, 64 * PAGE);
                MemoryKind.reset(stamped);
                assertThat(stamped.readBytes(0, 64 * PAGE)).containsOnly(1);
            }
        }
    }

    @Test
    void figuresTellWhatThereIs() {
        MappingBudget mappings = MappingBudget.ofSystem(Path.of("/nowhere"));
        Memories memories = of(MemorySetting.FOREIGN, Optional.empty(), mappings);
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 0);
                MemoryImage image = memory.capture();
                LinearMemory stamped = image.stamp(LIMITS, 2L * PAGE)) {
            assertThat(stamped.maximumPages()).isEqualTo(2);
            long limit = MappingBudget.SYSTEM_DEFAULT - MappingBudget.KEPT_FREE;
            assertThat(memories.figures()).isEqualTo(new MemoryFigures(2, 0, 6 * PAGE, 1, PAGE, 0, 5, limit));
        }
        assertThat(mappings.taken()).isZero();
        assertThat(memories.figures().reservedBytes()).isZero();
    }

    private static MappingBudget ofLimit(Path proc, long mappings) throws IOException {
        Path file = proc.resolve("sys").resolve("vm").resolve("max_map_count");
        Files.createDirectories(file.getParent());
        Files.writeString(file, mappings + "\n");
        return MappingBudget.ofSystem(proc);
    }

    @Test
    void memoriesAreRefusedNearTheSystemsLimitOfMappings(@TempDir Path proc) throws IOException {
        MappingBudget mappings = ofLimit(proc, MappingBudget.KEPT_FREE + 9);
        Memories memories = of(MemorySetting.FOREIGN, Optional.empty(), mappings);
        Deque<LinearMemory> held = new ArrayDeque<>();
        for (int i = 0; i < 4; i++) {
            held.add(memories.allocate(LIMITS, CAP, 0));
        }
        assertThatThrownBy(() -> memories.allocate(LIMITS, CAP, 0))
                .isInstanceOfSatisfying(
                        MemoryRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.MAPPINGS))
                .hasMessageContaining("vm.max_map_count")
                .hasMessageEndingWith("taken=8 limit=9 vm.max_map_count=" + (MappingBudget.KEPT_FREE + 9));
        MemoryImage image = held.element().capture();
        assertThatThrownBy(() -> held.element().capture()).isInstanceOf(MemoryRefusedException.class);
        assertThatThrownBy(() -> image.stamp(LIMITS, CAP)).isInstanceOf(MemoryRefusedException.class);
        assertThat(memories.figures().live()).isEqualTo(4);
        held.remove().close();
        held.add(image.stamp(LIMITS, CAP));
        held.forEach(LinearMemory::close);
        image.close();
        assertThat(mappings.taken()).isZero();
        assertThat(memories.figures().images()).isZero();
    }

    @Test
    void aSystemWithFewMappingsLeavesNone(@TempDir Path proc) throws IOException {
        Memories memories = of(MemorySetting.FOREIGN, Optional.empty(), ofLimit(proc, 1_000));
        assertThatThrownBy(() -> memories.allocate(LIMITS, CAP, 0)).hasMessageContaining("limit=0");
    }

    @Test
    void anUnreadableLimitIsTakenForTheUsualOne(@TempDir Path proc) throws IOException {
        long usual = MappingBudget.SYSTEM_DEFAULT - MappingBudget.KEPT_FREE;
        assertThat(MappingBudget.ofSystem(proc).limit()).isEqualTo(usual);
        Path file = proc.resolve("sys").resolve("vm").resolve("max_map_count");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "many");
        assertThat(MappingBudget.ofSystem(proc).limit()).isEqualTo(usual);
        Files.writeString(file, "");
        assertThat(MappingBudget.ofSystem(proc).limit()).isEqualTo(usual);
    }

    @Test
    void theLimitOfThisSystemIsReadWhole() throws IOException, InterruptedException {
        Process cat = new ProcessBuilder("cat", "/proc/sys/vm/max_map_count").start();
        long limit = Long.parseLong(new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
        assertThat(cat.waitFor()).isZero();
        assertThat(MappingBudget.PROCESS.limit()).isEqualTo(limit - MappingBudget.KEPT_FREE);
    }

    @Test
    void aMemoryThatTheSystemRefusesLeavesNothingBehind() {
        MappingBudget mappings = MappingBudget.ofSystem(Path.of("/nowhere"));
        Memories memories = of(MemorySetting.FOREIGN, Optional.empty(), mappings);
        try (LinearMemory memory = memories.allocate(LIMITS, CAP, 0);
                ForeignImage image = (ForeignImage) memory.capture()) {
            // In the place of the image's file comes one that cannot be mapped.
            Posix.close(image.file());
            assertThat(Posix.open("/proc/self/limits")).isEqualTo(image.file());
            long maps = ProcessFigures.mappings();
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> image.stamp(LIMITS, CAP))
                        .isInstanceOfSatisfying(
                                MemoryRefusedException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.SYSTEM))
                        .hasMessageContaining("call=mmap errno=");
            }
            assertThat(ProcessFigures.mappings()).isLessThan(maps + 50);
            assertThat(memories.figures())
                    .isEqualTo(new MemoryFigures(
                            1, 0, 4 * PAGE, 1, PAGE, 0, 3, MappingBudget.SYSTEM_DEFAULT - MappingBudget.KEPT_FREE));
        }
        assertThat(memories.figures().images()).isZero();
    }

    @Test
    void theSystemsOwnHabitOfHugePagesIsAnsweredWithNone(@TempDir Path sys) throws IOException {
        assertThat(HugePages.of(false, sys)).isEqualTo(HugePages.UNMENTIONED);
        Path file = sys.resolve("kernel")
                .resolve("mm")
                .resolve("transparent_hugepage")
                .resolve("enabled");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "always [madvise] never\n");
        assertThat(HugePages.of(false, sys)).isEqualTo(HugePages.UNMENTIONED);
        Files.writeString(file, "[always] madvise never\n");
        assertThat(HugePages.of(false, sys)).isEqualTo(HugePages.UNWANTED);
        assertThat(HugePages.of(true, sys)).isEqualTo(HugePages.WANTED);
    }
}
