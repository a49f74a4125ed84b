package dev.cloche.host.engine.cache;

import java.io.IOException;

/// An entry is larger than the cache may be.
final class EntryTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    EntryTooLargeException(long bytesMax) {
        super("the entry is too large for the cache, content-max=" + bytesMax);
    }
}
