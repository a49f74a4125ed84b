package dev.cloche.host.bundle;

import java.util.OptionalLong;

/// Sizes as people write them: `512MiB`.
public final class Sizes {
    private Sizes() {}

    /// The number of bytes that a text says, if it says one.
    public static OptionalLong bytes(String text) {
        return Quantity.bytes(text);
    }
}
