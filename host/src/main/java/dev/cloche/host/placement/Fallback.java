package dev.cloche.host.placement;

import java.util.Locale;

/// Why shards or memory are not spread over nodes.
public enum Fallback {
    /// The system does not say which nodes it has.
    TOPOLOGY_UNAVAILABLE("the system does not say which NUMA nodes it has"),
    /// It says which, but this process may use no processor of any of them.
    TOPOLOGY_EMPTY("no NUMA node has a processor that this process may use"),
    /// There is one node to choose from.
    SINGLE_NUMA_NODE("there is one NUMA node to choose from");

    private final String label = name().toLowerCase(Locale.ROOT);
    private final String meaning;

    Fallback(String meaning) {
        this.meaning = meaning;
    }

    /// What machines are told.
    public String label() {
        return label;
    }

    /// What people are told.
    public String meaning() {
        return meaning;
    }
}
