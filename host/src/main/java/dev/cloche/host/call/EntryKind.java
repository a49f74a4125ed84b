package dev.cloche.host.call;

import java.util.Locale;

/// The kinds of entry a bundle can contribute. The lower-case name is what manifests, guests and the command line say.
public enum EntryKind {
    /// A hook that is told of an event; its answer is ignored.
    ACTION,
    /// A hook that takes a value and answers the value to go on with.
    FILTER,
    /// A function with a JSON Schema for its arguments.
    TOOL,
    /// A function from bytes to bytes, for people and scripts.
    COMMAND;

    private final String label = name().toLowerCase(Locale.ROOT);

    /// The name in manifests and entries, for example `filter`.
    public String label() {
        return label;
    }
}
