package dev.cloche.bench.engine;

import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import java.util.Locale;

/// The two kinds of memory that guests can have: the one that a host takes by default, whose figures are Cloche's, and
/// the other one, which is measured beside it.
///
/// @param other as settings name it
/// @param otherLabel as the table names it
record MemoryKinds(String other, String otherLabel) {
    /// Whatever a host takes that is not told otherwise.
    static final String DEFAULT = MemorySetting.AUTO.name().toLowerCase(Locale.ROOT);

    private static final MemoryKinds HEAP = new MemoryKinds("heap", "heap arrays");
    private static final MemoryKinds FOREIGN = new MemoryKinds("foreign", "foreign memory");

    static MemoryKinds here() {
        return Memories.of(MemorySetting.AUTO).foreign() ? HEAP : FOREIGN;
    }

    /// The label of one of the other kind's figures.
    String label(String what) {
        return otherLabel + ", " + what;
    }

    String note() {
        return "Cloche's own figures are with the default memory, " + (this == HEAP ? FOREIGN : HEAP).otherLabel + ".";
    }
}
