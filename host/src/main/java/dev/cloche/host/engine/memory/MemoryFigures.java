package dev.cloche.host.engine.memory;

/// What the memories of a host hold.
///
/// @param live memories that are not freed yet
/// @param quarantined memories that were closed while somebody was inside, and are not freed yet
/// @param reservedBytes address space of the foreign ones; only what is touched takes memory
/// @param images images that are in use
/// @param imageBytes their length
/// @param spares mappings kept of closed memories for the next ones of the same image
/// @param mappings mappings that all hosts of the process have taken
/// @param mappingsMax mappings that they may take
public record MemoryFigures(
        long live,
        long quarantined,
        long reservedBytes,
        long images,
        long imageBytes,
        long spares,
        long mappings,
        long mappingsMax) {}
