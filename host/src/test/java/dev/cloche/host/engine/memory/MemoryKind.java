package dev.cloche.host.engine.memory;

import java.util.Optional;
import run.endive.wasm.types.MemoryLimits;

/// The kinds of memory that tests run on: heap arrays, and foreign memory with each way to find written pages.
enum MemoryKind {
    HEAP,
    SCAN,
    READ,
    NONE;

    static final int PAGE = 65_536;

    Memories memories() {
        return switch (this) {
            case HEAP -> Memories.of(MemorySetting.HEAP);
            case SCAN -> foreign(PageMap.Way.SCAN);
            case READ -> foreign(PageMap.Way.READ);
            case NONE -> foreign(PageMap.Way.NONE);
        };
    }

    private static Memories foreign(PageMap.Way way) {
        return Memories.of(MemorySetting.FOREIGN, false, Optional.empty(), MappingBudget.PROCESS, way);
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
