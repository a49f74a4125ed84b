package dev.cloche.host.engine.cache;

import java.io.IOException;

/// An entry's file is there and must not be used. The message says why, as the second half of a sentence about it.
final class UnusableEntryException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableEntryException(String reason) {
        super(reason);
    }
}
