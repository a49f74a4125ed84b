package dev.cloche.host.placement;

import java.util.Locale;

/// What is done about where shards run.
public enum Affinity {
    /// Nothing: the system's scheduler decides.
    DISABLED,
    /// The plan is shown, for an operator or an embedder to act on.
    ADVISORY,
    /// Each shard's thread is pinned to its core.
    STRICT;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
