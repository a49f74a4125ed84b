package dev.cloche.host.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How many of something may wait at once, and how large they may be together. May be used by any thread.
final class Room {
    private final int countMax;
    private final long bytesMax;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    Room(int countMax, long bytesMax) {
        this.countMax = countMax;
        this.bytesMax = bytesMax;
    }

    /// Takes room for one.
    ///
    /// @return false, and nothing is taken, if there is none
    boolean take(int size) {
        if (count.incrementAndGet() > countMax) {
            count.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(size) > bytesMax) {
            give(size);
            return false;
        }
        return true;
    }

    /// Gives the room of one back.
    void give(int size) {
        bytes.addAndGet(-size);
        count.decrementAndGet();
    }
}
