package dev.cloche.host;

import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.StoredEntry;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An entry of a host's cache.
///
/// @param file the file's name
/// @param kind `classes` or `snapshot`; empty if it cannot be told
/// @param key what it was made from, by name, for example `code` and `engine`; empty if it cannot be told
/// @param bytes of the file
/// @param lastUsed to within an hour
/// @param problem why it is not used, as the second half of a sentence about it; empty where all is well
public record CachedEntry(
        String file, String kind, Map<String, String> key, long bytes, Instant lastUsed, String problem) {
    public CachedEntry {
        key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
    }

    static CachedEntry of(StoredEntry stored) {
        @Nullable CacheKey key = stored.key();
        Map<String, String> parts = new LinkedHashMap<>();
        if (key != null) {
            key.parts().forEach(part -> parts.put(part.label(), part.value()));
        }
        String kind = key == null ? "" : key.kind().label();
        return new CachedEntry(stored.file(), kind, parts, stored.bytes(), stored.lastUsed(), stored.problem());
    }
}
