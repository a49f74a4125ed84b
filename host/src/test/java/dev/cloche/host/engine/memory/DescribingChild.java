package dev.cloche.host.engine.memory;

import run.endive.wasm.types.MemoryLimits;

/// A process that prints which memory it gets, and uses it.
final class DescribingChild {
    private DescribingChild() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        Memories memories = Memories.of(MemorySetting.AUTO);
        try (LinearMemory memory = memories.allocate(new MemoryLimits(1, 1), 1 << 16, 0)) {
            memory.writeI32(0, 1);
        }
        System.out.println(memories.description());
    }
}
