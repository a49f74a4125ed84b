package dev.cloche.host.call;

import java.util.Locale;

/// What a call can run out of. The label is the limit's key in manifests and what an [Reply.Exhausted] says.
public enum Budget {
    /// All that an isolate holds: linear memory, tables, and what the host holds for it.
    MEMORY("bytes", "memory, tables and what the host holds, of one isolate"),
    /// Size of a call's payload.
    PAYLOAD("bytes", "the payload of one call"),
    /// Size of a call's reply.
    OUTPUT("bytes", "the reply of one call"),
    /// Log and console output of one call.
    LOG("bytes", "log and console output of one call"),
    /// Number of hostcalls of one call.
    HOSTCALLS("hostcalls", "hostcalls of one call"),
    /// Number of timers of one isolate that have not fired.
    TIMERS("timers", "timers of one isolate that have not fired"),
    /// Number of microtasks between two macrotasks.
    MICROTASKS("microtasks", "microtasks between two macrotasks"),
    /// Work of one call.
    FUEL("units", "work of one call"),
    /// Depth of the guest's call stack.
    STACK("", "depth of the guest's call stack: as far as the thread's goes");

    private final String label = name().toLowerCase(Locale.ROOT);
    private final String unit;
    private final String meaning;

    Budget(String unit, String meaning) {
        this.unit = unit;
        this.meaning = meaning;
    }

    public String label() {
        return label;
    }

    /// What its size is a number of; empty if it has none that can be set.
    public String unit() {
        return unit;
    }

    /// What it bounds.
    public String meaning() {
        return meaning;
    }
}
