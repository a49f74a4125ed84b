package dev.cloche.host.engine.compile;

import java.time.Duration;

/// Where modules are compiled, and within what.
///
/// @param process whether in a process of their own; the rest counts only then
/// @param memoryBytes heap of that process
/// @param timeout from its start to its end
public record CompileSettings(boolean process, long memoryBytes, Duration timeout) {
    public static final CompileSettings DEFAULT = new CompileSettings(false, 512L << 20, Duration.ofSeconds(30));
}
