package dev.cloche.host.scheduler;

/// What a scheduler has counted since it was made.
///
/// @param ticks macrotasks that were given to the script
/// @param late outcomes, chunks and events that came when nobody waited for them any more, and were dropped
/// @param gaps streams that ended because a chunk was missing or came twice
/// @param cancelled hostcalls that the script cancelled
/// @param timeouts hostcalls whose time was over before their outcome came
/// @param refused chunks and events that were not taken because as many were waiting as may
public record SchedulerStats(long ticks, long late, long gaps, long cancelled, long timeouts, long refused) {}
