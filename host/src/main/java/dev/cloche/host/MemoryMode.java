package dev.cloche.host;

import dev.cloche.host.engine.memory.MemorySetting;

/// Where isolates have their linear memory.
public enum MemoryMode {
    /// Outside the Java heap where the platform has that, in heap arrays elsewhere.
    AUTO(MemorySetting.AUTO),
    /// Outside the Java heap; an error where the platform does not have that.
    FOREIGN(MemorySetting.FOREIGN),
    /// In arrays of the Java heap.
    HEAP(MemorySetting.HEAP);

    private final MemorySetting setting;

    MemoryMode(MemorySetting setting) {
        this.setting = setting;
    }

    MemorySetting setting() {
        return setting;
    }
}
