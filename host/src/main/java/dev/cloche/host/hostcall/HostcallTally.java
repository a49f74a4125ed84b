package dev.cloche.host.hostcall;

import java.util.concurrent.atomic.LongAdder;

/// The hostcalls of one extension counted, one version after the other: no count ever goes back. Safe for use by many
/// threads.
final class HostcallTally {
    private final LongAdder immediate = new LongAdder();
    private final LongAdder queued = new LongAdder();
    private final LongAdder compat = new LongAdder();
    private final LongAdder denied = new LongAdder();
    private final LongAdder backpressure = new LongAdder();

    void immediate() {
        immediate.increment();
    }

    void queued() {
        queued.increment();
    }

    void compat() {
        compat.increment();
    }

    void denied() {
        denied.increment();
    }

    void backpressure() {
        backpressure.increment();
    }

    HostcallCounts counts() {
        return new HostcallCounts(immediate.sum(), queued.sum(), compat.sum(), denied.sum(), backpressure.sum(), 0);
    }
}
