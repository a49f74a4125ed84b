package dev.cloche.host.engine;

/// Makes isolates of one extension. Safe for use by many threads.
@FunctionalInterface
public interface IsolateFactory {

    /// Makes an isolate and runs its initialisation.
    ///
    /// @param deadlineNanos when it must be ready, on the host's monotonic clock
    /// @throws IsolateCreationException if it cannot be made, or not in time; nothing is left behind
    Isolate create(long deadlineNanos);
}
