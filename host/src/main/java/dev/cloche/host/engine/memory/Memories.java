package dev.cloche.host.engine.memory;

import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// Makes linear memories.
public final class Memories {
    private final boolean foreign;

    private Memories(boolean foreign) {
        this.foreign = foreign;
    }

    public static Memories of(MemorySetting setting) {
        return new Memories(setting != MemorySetting.HEAP);
    }

    /// Whether memories are arrays of the Java heap.
    public boolean onHeap() {
        return !foreign;
    }

    /// A memory of the declared limits, its maximum lowered to the cap.
    ///
    /// @throws IllegalArgumentException if the declared minimum is above the cap already
    public LinearMemory allocate(MemoryLimits declared, long capBytes, int globalCount) {
        int cap = (int) Math.min(capBytes / Memory.PAGE_SIZE, Memory.RUNTIME_MAX_PAGES);
        if (declared.initialPages() > cap) {
            throw new IllegalArgumentException("the memory's minimum is above the cap, minimum="
                    + declared.initialPages() + " pages, cap=" + capBytes);
        }
        int maximum = Math.min(declared.maximumPages(), cap);
        return foreign
                ? new ForeignMemory(declared, maximum, globalCount)
                : new HeapMemory(declared, maximum, globalCount);
    }
}
