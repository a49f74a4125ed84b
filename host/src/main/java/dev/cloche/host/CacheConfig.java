package dev.cloche.host;

import dev.cloche.host.engine.cache.ContentCache;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/// How a host keeps on disk what it can make again: compiled classes and snapshots. Immutable; start from [#DEFAULT].
///
/// @param enabled `cache.enabled`: whether anything is kept, and looked for; on by default
/// @param path `cache.path`: the folder; by default `cache` in the home. Hosts of the same user may share one
/// @param bytesMax `cache.max-bytes`: how large all entries together may be; 512 MiB by default
public record CacheConfig(boolean enabled, Optional<Path> path, long bytesMax) {
    /// On, in the home.
    public static final CacheConfig DEFAULT = new CacheConfig(true, Optional.empty(), ContentCache.BYTES_MAX_DEFAULT);

    private static final String IN_HOME = "cache";

    public CacheConfig {
        path = path.map(folder -> folder.toAbsolutePath().normalize());
        if (bytesMax < 1) {
            throw new IllegalArgumentException(
                    "the cache must have room; switch it off to have none, cache.max-bytes=" + bytesMax);
        }
    }

    public CacheConfig withEnabled(boolean enabled) {
        return new CacheConfig(enabled, path, bytesMax);
    }

    public CacheConfig withPath(Path path) {
        return new CacheConfig(enabled, Optional.of(path), bytesMax);
    }

    public CacheConfig withBytesMax(long bytesMax) {
        return new CacheConfig(enabled, path, bytesMax);
    }

    ContentCache open(Path home, Clock clock) {
        Path folder = path.orElse(home.resolve(IN_HOME));
        return enabled
                ? ContentCache.at(folder, bytesMax, clock)
                : ContentCache.off(folder, "the configuration switches the cache off, cache.enabled=false", clock);
    }
}
