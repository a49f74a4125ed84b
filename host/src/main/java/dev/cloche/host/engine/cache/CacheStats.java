package dev.cloche.host.engine.cache;

/// The numbers of a cache: what lies in its folder now, and what became of the requests of this host.
///
/// @param entries in the folder, whoever made them
/// @param bytes of those
/// @param hits requests that were answered from the folder
/// @param misses requests that were not, for whatever reason
/// @param stored entries written
/// @param refused entries that were there and must not be used
/// @param evicted entries that had to make room for others
/// @param failed entries that could not be read or written
public record CacheStats(
        int entries, long bytes, long hits, long misses, long stored, long refused, long evicted, long failed) {}
