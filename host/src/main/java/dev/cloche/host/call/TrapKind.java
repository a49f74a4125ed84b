package dev.cloche.host.call;

import java.util.Locale;

/// Why a guest was stopped by the engine rather than by its own answer. The isolate is never used again.
public enum TrapKind {
    /// The `unreachable` instruction, which is also how compiled languages abort.
    UNREACHABLE,
    /// A memory access outside the isolate's memory.
    OUT_OF_BOUNDS,
    /// Integer division by zero, overflow, or an invalid conversion.
    ARITHMETIC,
    /// An indirect call through an empty slot or with the wrong type, or a table access outside the table.
    INDIRECT_CALL,
    /// The guest broke its ABI: a status that does not exist, a pointer outside memory, a second reply.
    ABI,
    /// The guest called `proc_exit`.
    EXIT,
    /// The guest's initialisation failed: top-level code, a start function, `_initialize` or `cloche_init`.
    INITIALISATION,
    /// The thread that made the call was interrupted by its owner.
    INTERRUPTED,
    /// The host stopped the guest: its extension was replaced or removed, and the time that calls had to end was over.
    CANCELLED,
    /// The engine itself failed; the message says how.
    ENGINE;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
