package dev.cloche.host.service;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The values read last, so that hot keys cost no trip to the database. Bounded by size; least recently used go first.
/// Safe for use by many threads.
///
/// A value is kept only if nothing was forgotten while it was read: a read that began before a write and ends after
/// it would otherwise leave the old value behind. One count for all keys is enough, since a value not kept is only
/// read again.
final class KvCache {
    /// How much is kept, counted as two bytes a character and a fixed part for each entry.
    static final long BYTES_MAX = 8L * 1024 * 1024;

    private static final long ENTRY_BYTES = 160;
    private static final int INITIAL_CAPACITY = 64;
    private static final float LOAD_FACTOR = 0.75f;

    private final long bytesMax;
    private final ReentrantLock lock = new ReentrantLock();
    // All guarded by lock.
    private final LinkedHashMap<Key, Value> values =
            new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, /* accessOrder= */ true);
    private long bytes;
    private long forgotten;

    KvCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// What is kept of a key; null if nothing is.
    @Nullable
    Value peek(String extension, String key) {
        lock.lock();
        try {
            return values.get(new Key(extension, key));
        } finally {
            lock.unlock();
        }
    }

    /// The value kept, or the one that `load` reads.
    Optional<String> get(String extension, String key, Supplier<Optional<String>> load) {
        Key wanted = new Key(extension, key);
        long before;
        lock.lock();
        try {
            @Nullable Value known = values.get(wanted);
            if (known != null) {
                return known.json;
            }
            before = forgotten;
        } finally {
            lock.unlock();
        }
        Optional<String> loaded = load.get();
        lock.lock();
        try {
            if (forgotten == before) {
                keep(wanted, new Value(loaded));
            }
        } finally {
            lock.unlock();
        }
        return loaded;
    }

    /// Forgets a value, once its change is on disk and before the change is answered.
    void forget(String extension, String key) {
        lock.lock();
        try {
            forgotten++;
            Key changed = new Key(extension, key);
            @Nullable Value known = values.remove(changed);
            if (known != null) {
                bytes -= size(changed, known);
            }
        } finally {
            lock.unlock();
        }
    }

    private void keep(Key key, Value value) {
        long size = size(key, value);
        if (size > bytesMax || values.putIfAbsent(key, value) != null) {
            return;
        }
        bytes += size;
        Iterator<Map.Entry<Key, Value>> eldest = values.entrySet().iterator();
        while (bytes > bytesMax) {
            Map.Entry<Key, Value> entry = eldest.next();
            bytes -= size(entry.getKey(), entry.getValue());
            eldest.remove();
        }
    }

    private static long size(Key key, Value value) {
        return ENTRY_BYTES
                + 2L * (key.key.length() + value.json.map(String::length).orElse(0));
    }

    private record Key(String extension, String key) {}

    /// What was read: the value, or that there is none.
    record Value(Optional<String> json) {}
}
