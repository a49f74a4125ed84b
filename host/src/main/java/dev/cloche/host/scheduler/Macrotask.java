package dev.cloche.host.scheduler;

import dev.cloche.host.hostcall.Outcome;

/// One turn of a script's event loop.
public sealed interface Macrotask {

    /// A timer is due.
    ///
    /// @param timer what [Scheduler#setTimer] answered for it
    record TimerFired(long timer) implements Macrotask {}

    /// A hostcall that the script made has its outcome, or the next chunk of it.
    ///
    /// @param hostcall what [Scheduler#admitHostcall] or [Scheduler#openStream] answered for it
    /// @param last whether nothing more comes for this hostcall
    record HostcallCompleted(long hostcall, Outcome outcome, boolean last) implements Macrotask {}

    /// An inbound event has come.
    ///
    /// @param sequence its place in the one sequence of everything observable
    record EventArrived(long sequence, InboundEvent event) implements Macrotask {}
}
