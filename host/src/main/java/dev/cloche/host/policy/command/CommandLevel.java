package dev.cloche.host.policy.command;

import java.util.Locale;

/// How bad what a command does would be. Later ones are worse.
public enum CommandLevel {
    /// Nothing was found.
    NONE,
    /// It takes rights, data or processes that are not its own, or runs what nobody has seen.
    HIGH,
    /// It destroys the machine's data, or hands the machine to somebody else.
    CRITICAL;

    private final String label = name().toLowerCase(Locale.ROOT);

    /// The name in outcomes and documents.
    public String label() {
        return label;
    }

    /// Whether this is as bad as the other, or worse.
    public boolean atLeast(CommandLevel other) {
        return compareTo(other) >= 0;
    }
}
