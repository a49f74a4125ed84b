package dev.cloche.host.scheduler;

/// What can stand in the queue of tasks that are ready.
abstract sealed class Ready permits Timer, PendingHostcall, PendingEvent {
    /// Whether it is not to be run after all. Belongs to the queue.
    boolean stale;
}
