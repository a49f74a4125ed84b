package dev.cloche.host.hostcall;

/// How hostcalls are carried.
public enum LaneKind {
    /// Decoded once, operations that may wait on threads of their own.
    FAST("fast"),

    /// Simple: decoded and dispatched by code of its own, one at a time, on the thread that asks.
    COMPAT("compat");

    private final String label;

    LaneKind(String label) {
        this.label = label;
    }

    /// The name in settings, the ledger and on the command line.
    public String label() {
        return label;
    }
}
