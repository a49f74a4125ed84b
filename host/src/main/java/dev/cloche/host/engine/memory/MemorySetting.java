package dev.cloche.host.engine.memory;

/// Which kind of memory guests get.
public enum MemorySetting {
    /// Foreign memory where the system has it, else heap arrays.
    AUTO,
    /// Pages that the system maps.
    FOREIGN,
    /// Arrays of the Java heap.
    HEAP
}
