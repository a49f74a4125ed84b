package dev.cloche.host;

import java.time.Duration;

/// What one run of a hook over all extensions may take. Immutable; start from [#DEFAULT].
///
/// @param timeout `hooks.timeout`: wall-clock time of all steps together; 30 seconds by default
/// @param steps `hooks.steps`: how many extensions may take part in one hook; 256 by default
public record HookConfig(Duration timeout, int steps) {
    public static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    public static final Duration TIMEOUT_MAX = Duration.ofHours(1);
    public static final int STEPS_MAX = 10_000;

    public static final HookConfig DEFAULT = new HookConfig(Duration.ofSeconds(30), 256);

    public HookConfig {
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException(
                    "hooks.timeout must be from " + TIMEOUT_MIN + " to " + TIMEOUT_MAX + ", hooks.timeout=" + timeout);
        }
        if (steps < 1 || steps > STEPS_MAX) {
            throw new IllegalArgumentException("hooks.steps must be from 1 to " + STEPS_MAX + ", hooks.steps=" + steps);
        }
    }

    public HookConfig withTimeout(Duration timeout) {
        return new HookConfig(timeout, steps);
    }

    public HookConfig withSteps(int steps) {
        return new HookConfig(timeout, steps);
    }
}
