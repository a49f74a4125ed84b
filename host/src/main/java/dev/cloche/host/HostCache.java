package dev.cloche.host;

import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.cache.Removed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A host's cache, as an operator sees it. Needs neither the home nor its lock: whatever is removed, live hosts make
/// again. Safe for use by many threads.
public final class HostCache {
    private final ContentCache cache;

    HostCache(ContentCache cache) {
        this.cache = cache;
    }

    /// Where the entries are, whether there are any or not.
    public Path folder() {
        return cache.folder();
    }

    /// Why nothing is cached; empty if entries can be used. A folder that is not there yet is none.
    public Optional<String> problem() {
        return cache.problem();
    }

    /// All entries, the one used last first. Their headers are verified, their content is not.
    ///
    /// @throws java.io.UncheckedIOException if the folder cannot be read
    public List<CachedEntry> entries() {
        return cache.entries().stream().map(CachedEntry::of).toList();
    }

    /// All entries, the one used last first, each read and verified.
    ///
    /// @param remove whether to remove those that have a problem
    /// @throws java.io.UncheckedIOException if the folder cannot be read
    public List<CachedEntry> verify(boolean remove) {
        return cache.verify(remove).stream().map(CachedEntry::of).toList();
    }

    /// Removes entries, the one that was not used for longest first, until the rest is not larger than this; with 0,
    /// all of them.
    ///
    /// @return what was removed
    /// @throws java.io.UncheckedIOException if the folder cannot be read
    public Pruned shrinkTo(long bytes) {
        return pruned(cache.shrinkTo(bytes));
    }

    /// Removes the entries that were not used for this long.
    ///
    /// @return what was removed
    /// @throws java.io.UncheckedIOException if the folder cannot be read
    public Pruned removeUnusedFor(Duration time) {
        return pruned(cache.removeUnusedFor(time));
    }

    private static Pruned pruned(Removed removed) {
        return new Pruned(removed.entries(), removed.bytes());
    }

    /// What was removed.
    public record Pruned(int entries, long bytes) {}
}
