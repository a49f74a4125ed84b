package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.io.OutputStream;

/// How values of one kind lie in entries. A change of the form needs a change of the keys.
///
/// @param <T> the value, safe to share between threads
public interface CacheCodec<T> {
    /// Reads a value from an entry whose hash is right. The entry is closed afterwards.
    ///
    /// @throws IOException if the disk cannot be read, or the content has not the form; the value is built anew then
    T read(CacheEntry entry) throws IOException;

    /// Writes all of a value. Need not buffer, flush or close.
    void write(T value, OutputStream out) throws IOException;
}
