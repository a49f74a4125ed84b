package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.io.OutputStream;

/// Writes the content of an entry.
@FunctionalInterface
public interface ContentWriter {
    /// Writes all of the content. Need not buffer, flush or close.
    void writeTo(OutputStream out) throws IOException;
}
