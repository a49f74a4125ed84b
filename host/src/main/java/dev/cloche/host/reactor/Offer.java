package dev.cloche.host.reactor;

/// What became of an envelope that was offered to a lane.
public sealed interface Offer {
    /// It was taken, has its sequences, and will be answered.
    Offer TAKEN = new Taken();

    /// The reactor takes nothing any more.
    Offer CLOSED = new Closed();

    /// Taken.
    record Taken() implements Offer {}

    /// There was no room; nothing has changed.
    ///
    /// @param scope what is full: `lane`, the isolate's own, or `shard`
    /// @param shard the index of the lane's shard
    /// @param depth how many envelopes are under way there
    /// @param capacity how many may be
    record Full(String scope, int shard, int depth, int capacity) implements Offer {}

    /// The reactor is closed, or the lane is.
    record Closed() implements Offer {}
}
