package dev.cloche.host.hostcall;

import java.time.Duration;

/// When hostcalls of an extension go over to the compat lane by themselves, and back.
///
/// @param enabled whether they do
/// @param refusals how many refusals for want of room within the window make an overload
/// @param window how long the window is
/// @param hold how long the compat lane is kept at least; twice as long each time it was not long enough
public record OverloadSettings(boolean enabled, int refusals, Duration window, Duration hold) {
    /// How often the time doubles.
    static final int DOUBLINGS_MAX = 5;

    private static final int REFUSALS_MAX = 1_000_000;
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofHours(24);

    public static final OverloadSettings DEFAULT =
            new OverloadSettings(true, 1_000, Duration.ofSeconds(10), Duration.ofSeconds(30));

    public OverloadSettings {
        if (refusals < 1 || refusals > REFUSALS_MAX) {
            throw new IllegalArgumentException("refusals must be in 1 to " + REFUSALS_MAX + ", refusals=" + refusals);
        }
        require("window", window);
        require("hold", hold);
    }

    private static void require(String name, Duration value) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(name + " must be in 1ms to 24h, " + name + "=" + value);
        }
    }
}
