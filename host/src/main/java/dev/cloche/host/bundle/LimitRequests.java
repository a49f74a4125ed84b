package dev.cloche.host.bundle;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The limits a manifest asks for. What is absent gets the host's default.
///
/// @param timeout wall-clock time of one call, from entry to reply
/// @param memory all that one isolate holds, in bytes
/// @param payload size of a call's payload, in bytes
/// @param output size of a call's reply, in bytes
/// @param log log and console output of one call, in bytes
/// @param hostcalls number of hostcalls of one call
/// @param timers pending timers of one isolate
/// @param microtasks microtasks between two macrotasks
/// @param fuel units of work of one call
public record LimitRequests(
        @Nullable Duration timeout,
        @Nullable Long memory,
        @Nullable Long payload,
        @Nullable Long output,
        @Nullable Long log,
        @Nullable Long hostcalls,
        @Nullable Long timers,
        @Nullable Long microtasks,
        @Nullable Long fuel) {
    public static final LimitRequests NONE = new LimitRequests(null, null, null, null, null, null, null, null, null);

    /// The time asked for, if any.
    public Optional<Duration> requestedTimeout() {
        return Optional.ofNullable(timeout);
    }
}
