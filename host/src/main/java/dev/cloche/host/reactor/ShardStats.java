package dev.cloche.host.reactor;

/// What one shard has done, at one moment.
///
/// @param shard its index
/// @param depth how many envelopes are under way that count for its capacity
/// @param highWater the highest depth there was
/// @param admitted how many envelopes it has admitted
/// @param rejected how many it had no room for
/// @param dispatched how many were handed to a thread
/// @param answered how many were answered with what their work came to; the others were withdrawn
/// @param latencyNanos the sum of the times from admission to answer
/// @param latencyNanosMax the longest of those times
/// @param latencyNanosP50 a time that half of those answered did not take longer than, to within a factor of two
/// @param latencyNanosP99 the same for 99 of 100
public record ShardStats(
        int shard,
        int depth,
        int highWater,
        long admitted,
        long rejected,
        long dispatched,
        long answered,
        long latencyNanos,
        long latencyNanosMax,
        long latencyNanosP50,
        long latencyNanosP99) {}
