package dev.cloche.host.engine;

import dev.cloche.host.engine.cache.CacheKey;

/// The three ways in which isolates of one extension come to be: booted, snapshotted, stamped.
public interface Snapshotter {

    /// Everything that the state of a booted isolate depends on.
    CacheKey key();

    /// Makes an isolate and runs its initialisation.
    ///
    /// @throws IsolateCreationException as [IsolateFactory#create] does
    Isolate boot(long deadlineNanos);

    /// Takes the state of an isolate that was booted and has not been called yet.
    ///
    /// @throws SnapshotRefusedException if it cannot be taken, or if isolates made from it would not be like booted
    ///     ones
    Snapshot capture(Isolate isolate, long deadlineNanos) throws SnapshotRefusedException;

    /// Makes an isolate in the state of a snapshot.
    ///
    /// @throws IsolateCreationException as [IsolateFactory#create] does
    Isolate stamp(Snapshot snapshot, long deadlineNanos);
}
