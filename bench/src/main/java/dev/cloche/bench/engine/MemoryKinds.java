package dev.cloche.bench.engine;

import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemorySetting;
import java.util.Locale;

/// The two kinds of memory that guests can have: the one that a host takes by default, whose figures are Cloche's, and
/// the other one, which is measured beside it.
///
/// @param defaultLabel the default one as the table names it
/// @param other the other one as settings name it
/// @param otherLabel the other one as the table names it
record MemoryKinds(String defaultLabel, String other, String otherLabel) {
    /// Whatever a host takes that is not told otherwise.
    static final String DEFAULT = MemorySetting.AUTO.name().toLowerCase(Locale.ROOT);

    private static final String FOREIGN = "foreign memory";
    private static final String HEAP = "heap arrays";

    static MemoryKinds here() {
        return Memories.of(MemorySetting.AUTO).foreign()
                ? new MemoryKinds(FOREIGN, "heap", HEAP)
                : new MemoryKinds(HEAP, "foreign", FOREIGN);
    }

    /// The label of one of the other kind's figures.
    String label(String what) {
        return otherLabel + ", " + what;
    }

    String note() {
        return "Cloche's own figures are with the default memory, " + defaultLabel + ".";
    }
}
