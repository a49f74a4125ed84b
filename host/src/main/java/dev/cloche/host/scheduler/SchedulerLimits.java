package dev.cloche.host.scheduler;

/// How much a scheduler holds at most.
///
/// @param timers timers that have not fired
/// @param hostcalls hostcalls under way, streams included
/// @param chunks chunks that have arrived and that the script has not been given, of all its streams together
/// @param chunkBytes bytes of those chunks
/// @param events inbound events that the script has not been given
/// @param eventBytes bytes of those events, names not counted
public record SchedulerLimits(long timers, long hostcalls, int chunks, long chunkBytes, int events, long eventBytes) {
    public static final long DEFAULT_TIMERS = 1_000;
    public static final long DEFAULT_HOSTCALLS = 1 << 20;
    public static final int DEFAULT_CHUNKS = 256;
    public static final long DEFAULT_CHUNK_BYTES = 4 << 20;
    public static final int DEFAULT_EVENTS = 1_024;
    public static final long DEFAULT_EVENT_BYTES = 1 << 20;

    public static final SchedulerLimits DEFAULT = new SchedulerLimits(
            DEFAULT_TIMERS,
            DEFAULT_HOSTCALLS,
            DEFAULT_CHUNKS,
            DEFAULT_CHUNK_BYTES,
            DEFAULT_EVENTS,
            DEFAULT_EVENT_BYTES);

    public SchedulerLimits {
        requirePositive("timers", timers);
        requirePositive("hostcalls", hostcalls);
        requirePositive("chunks", chunks);
        requirePositive("chunkBytes", chunkBytes);
        requirePositive("events", events);
        requirePositive("eventBytes", eventBytes);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("a scheduler's limit must be positive, " + name + "=" + value);
        }
    }

    /// These limits, but for the timers.
    public SchedulerLimits withTimers(long timersMax) {
        return new SchedulerLimits(timersMax, hostcalls, chunks, chunkBytes, events, eventBytes);
    }
}
