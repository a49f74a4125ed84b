package dev.cloche.host.engine.cache;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An entry as it lies in the folder.
///
/// @param file the file's name
/// @param key null if it cannot be told
/// @param bytes of the file
/// @param lastUsed to within an hour
/// @param problem why the entry must not be used, as the second half of a sentence about it; empty where all is well
public record StoredEntry(String file, @Nullable CacheKey key, long bytes, Instant lastUsed, String problem) {}
