package dev.cloche.host.bundle;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Sizes and durations as people write them: `512MiB`, `30s`.
public final class Sizes {
    private Sizes() {}

    /// The number of bytes that a text says, if it says one.
    public static OptionalLong bytes(String text) {
        return Quantity.bytes(text);
    }

    /// The duration that a text says, if it says one.
    public static Optional<Duration> duration(String text) {
        return Quantity.duration(text);
    }
}
