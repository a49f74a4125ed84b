package dev.cloche.host.call;

import java.time.Duration;

/// What a call used.
///
/// @param fuel units of work, about one for an instruction of WebAssembly; the same for the same work on every machine
/// @param time wall-clock time in the isolate, from entry to reply
public record Usage(long fuel, Duration time) {}
