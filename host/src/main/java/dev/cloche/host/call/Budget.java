package dev.cloche.host.call;

import java.util.Locale;

/// What a call can run out of. The label is the limit's key in manifests and what an [Reply.Exhausted] says.
public enum Budget {
    /// Linear memory of an isolate, in bytes.
    MEMORY,
    /// Size of a call's payload, in bytes.
    PAYLOAD,
    /// Size of a call's reply, in bytes.
    OUTPUT,
    /// Log and console output of one call, in bytes.
    LOG,
    /// Number of hostcalls of one call.
    HOSTCALLS,
    /// Number of timers of one isolate that have not fired.
    TIMERS,
    /// Number of microtasks between two macrotasks.
    MICROTASKS,
    /// Depth of the guest's call stack.
    STACK;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
