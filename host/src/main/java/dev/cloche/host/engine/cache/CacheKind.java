package dev.cloche.host.engine.cache;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What an entry of the cache holds.
public enum CacheKind {
    /// The compiled classes of a module.
    CLASSES,
    /// Memory, globals and tables of an initialised isolate.
    SNAPSHOT;

    private final String label = name().toLowerCase(Locale.ROOT);

    /// The name in files, listings and JSON.
    public String label() {
        return label;
    }

    static Optional<CacheKind> of(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
    }
}
