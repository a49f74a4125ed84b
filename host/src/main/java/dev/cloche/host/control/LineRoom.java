package dev.cloche.host.control;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that the connections of a socket together may hold lines in, beyond what each begins with. Safe for use
/// by many threads.
final class LineRoom {
    private final AtomicLong free;

    LineRoom(long bytes) {
        this.free = new AtomicLong(bytes);
    }

    /// @return whether there was as much
    boolean take(long bytes) {
        if (free.addAndGet(-bytes) >= 0) {
            return true;
        }
        free.addAndGet(bytes);
        return false;
    }

    void give(long bytes) {
        free.addAndGet(bytes);
    }
}
