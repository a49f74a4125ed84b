package dev.cloche.host.scheduler;

import dev.cloche.host.hostcall.Outcome;

/// One turn of a script's event loop.
public sealed interface Macrotask {

    /// A timer is due.
    record TimerFired(long timer) implements Macrotask {}

    /// A hostcall that the script made has its outcome.
    ///
    /// @param sequence what [Scheduler#admitHostcall] answered for it
    record HostcallCompleted(long sequence, Outcome outcome) implements Macrotask {}
}
