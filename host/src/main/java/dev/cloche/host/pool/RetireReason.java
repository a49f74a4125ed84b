package dev.cloche.host.pool;

import java.util.Locale;

/// Why an isolate left its pool for good.
public enum RetireReason {
    /// The guest trapped, or the isolate is unsound and nobody said why.
    TRAP,
    /// The deadline passed while the guest ran.
    TIMEOUT,
    /// The guest used up a budget.
    EXHAUSTED,
    /// It had as many leases as its pool allows.
    MAX_USES,
    /// Nobody needed it for longer than its pool keeps an idle isolate.
    IDLE,
    /// It is older than its pool allows.
    AGE,
    /// It holds more of its memory cap than its pool allows.
    MEMORY,
    /// Each lease of its pool gets a pristine isolate, and it had its lease.
    RESET,
    /// The thread that had it leased ended and never gave it back.
    LEAK,
    /// Another pool needed one, and the host has as many as it may.
    EVICTED,
    /// Its pool has more than it may: it was suspended and came back, or the pool was made smaller.
    SURPLUS,
    /// The extension was replaced by another version of itself.
    RELOAD,
    /// The pool drains or is closed.
    CLOSE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /// The name in metrics and on the command line, for example `max_uses`.
    public String label() {
        return label;
    }
}
