package dev.cloche.host.engine;

import dev.cloche.host.engine.cache.CacheEntry;
import dev.cloche.host.engine.cache.CacheKey;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemoryRefusedException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The place of one extension's snapshot in the cache on disk.
public final class CachedSnapshots implements StampingFactory.Store {
    private static final Logger LOG = LoggerFactory.getLogger(CachedSnapshots.class);

    private final ContentCache cache;
    private final CacheKey key;
    private final SnapshotCodec codec;

    /// @param key everything that the snapshot depends on
    /// @param capBytes how large the memory may be
    public CachedSnapshots(ContentCache cache, CacheKey key, Memories memories, long capBytes) {
        this.cache = cache;
        this.key = key.with("form", String.valueOf(SnapshotCodec.VERSION));
        this.codec = new SnapshotCodec(memories, capBytes);
    }

    @Override
    public Optional<Snapshot> find() {
        Optional<CacheEntry> found = cache.get(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (CacheEntry entry = found.get()) {
            return Optional.of(codec.read(entry));
        } catch (IOException | MemoryRefusedException e) {
            LOG.warn("engine: a snapshot cannot be read and is taken anew, key={}: {}", key, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void keep(Snapshot snapshot) {
        cache.put(key, out -> codec.write(snapshot, out));
    }
}
