package dev.cloche.host;

import dev.cloche.host.engine.compile.CompileSettings;
import java.time.Duration;

/// Where a host compiles the modules of WebAssembly extensions. Immutable; start from [#DEFAULT].
///
/// @param process `compile.process`: whether each is compiled in a process of its own; off by default
/// @param memoryBytes `compile.memory`: heap of such a process; 512 MiB by default
/// @param timeout `compile.timeout`: after which such a process is ended; 30 seconds by default
public record CompileConfig(boolean process, long memoryBytes, Duration timeout) {
    /// Below this no compiler starts.
    public static final long MEMORY_BYTES_MIN = 32L << 20;

    public static final long MEMORY_BYTES_MAX = 32L << 30;
    public static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    public static final Duration TIMEOUT_MAX = Duration.ofHours(1);

    /// In the host's own process.
    public static final CompileConfig DEFAULT = new CompileConfig(
            CompileSettings.DEFAULT.process(),
            CompileSettings.DEFAULT.memoryBytes(),
            CompileSettings.DEFAULT.timeout());

    public CompileConfig {
        if (memoryBytes < MEMORY_BYTES_MIN || memoryBytes > MEMORY_BYTES_MAX) {
            throw new IllegalArgumentException("compile.memory must be from " + MEMORY_BYTES_MIN + " to "
                    + MEMORY_BYTES_MAX + " bytes, compile.memory=" + memoryBytes);
        }
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException("compile.timeout must be from " + TIMEOUT_MIN + " to " + TIMEOUT_MAX
                    + ", compile.timeout=" + timeout);
        }
    }

    public CompileConfig withProcess(boolean process) {
        return new CompileConfig(process, memoryBytes, timeout);
    }

    public CompileConfig withMemoryBytes(long memoryBytes) {
        return new CompileConfig(process, memoryBytes, timeout);
    }

    public CompileConfig withTimeout(Duration timeout) {
        return new CompileConfig(process, memoryBytes, timeout);
    }

    CompileSettings settings() {
        return new CompileSettings(process, memoryBytes, timeout);
    }
}
