package dev.cloche.host.engine.memory;

import dev.cloche.host.system.SystemFiles;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import run.endive.wasm.types.MemoryLimits;

/// The kinds of memory that tests run on: heap arrays, foreign memory with each way to find written pages, and foreign
/// memory in the slots of a slab, which is full after a few.
enum MemoryKind {
    HEAP,
    SCAN,
    READ,
    NONE,
    SLAB;

    static final int PAGE = 65_536;

    Memories memories() {
        return switch (this) {
            case HEAP -> Memories.of(MemorySetting.HEAP);
            case SCAN -> foreign(PageMap.Way.SCAN);
            case READ -> foreign(PageMap.Way.READ);
            case NONE -> foreign(PageMap.Way.NONE);
            case SLAB -> slabs(new NumaSettings(true, false, 12L << 20, 4L << 20, SystemFiles.OWN));
        };
    }

    private static Memories foreign(PageMap.Way way) {
        return Memories.of(MemorySetting.FOREIGN, false, Optional.empty(), MappingBudget.PROCESS, way);
    }

    /// Foreign memory with slabs on the nodes of this machine.
    static Memories slabs(NumaSettings settings) {
        Memories memories = Memories.of(
                MemorySetting.FOREIGN,
                false,
                Optional.empty(),
                MappingBudget.ofSystem(Path.of("/nowhere")),
                PageMap.Way.SCAN);
        return memories.on(Objects.requireNonNull(memories.home()).slabs(settings));
    }

    LinearMemory allocate(int pages, int maximumPages) {
        return memories().allocate(new MemoryLimits(pages, maximumPages), maximumPages * (long) PAGE, 0);
    }

    /// Resets a memory and goes inside for a moment, which ends the reset.
    static void reset(LinearMemory memory) {
        memory.reset();
        goInside(memory);
    }

    static void goInside(LinearMemory memory) {
        memory.enter();
        memory.exit();
    }
}
