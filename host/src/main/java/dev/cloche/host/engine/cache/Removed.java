package dev.cloche.host.engine.cache;

/// How many entries were removed, and how much room that made.
public record Removed(int entries, long bytes) {
    static final Removed NONE = new Removed(0, 0);

    Removed plus(long bytesOfOne) {
        return new Removed(entries + 1, bytes + bytesOfOne);
    }
}
