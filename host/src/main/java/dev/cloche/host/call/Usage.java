package dev.cloche.host.call;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/// What a call used, and which way it went.
///
/// @param fuel units of work, about one for an instruction of WebAssembly; the same for the same work on every machine
/// @param time wall-clock time in the isolate, from entry to reply
/// @param trace of a script, a hash over everything it could observe while it ran (answers, chunks, events and timers
/// in their order); equal for calls that went the same way
public record Usage(long fuel, Duration time, OptionalLong trace) {
    public Usage {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(trace, "trace");
    }

    /// Of a call without a trace.
    public Usage(long fuel, Duration time) {
        this(fuel, time, OptionalLong.empty());
    }
}
