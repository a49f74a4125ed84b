package dev.cloche.host.engine.memory;

import java.util.concurrent.atomic.AtomicInteger;

/// Who is inside a memory: a count, and whether the memory is closed. Safe for use by many threads.
///
/// Of all that close or leave, exactly one is told that it is the last, and frees what the memory holds.
final class Occupancy {
    /// What closing found.
    enum Closing {
        /// Nobody was inside: whoever closed frees.
        LAST,
        /// Somebody is inside: the last to leave frees.
        OCCUPIED,
        /// It was closed before.
        REPEATED
    }

    private static final int CLOSED = Integer.MIN_VALUE;

    /// The sign bit says closed, the others count.
    private final AtomicInteger state = new AtomicInteger();

    /// Goes inside; false if the memory is closed.
    boolean enter() {
        int now;
        do {
            now = state.getPlain();
            if (now < 0) {
                return false;
            }
        } while (!state.compareAndSet(now, now + 1));
        return true;
    }

    /// Leaves; true if that made it the last one of a closed memory.
    boolean exit() {
        int now;
        do {
            now = state.getPlain();
            if ((now & ~CLOSED) == 0) {
                throw new IllegalStateException("left without being inside, state=" + now);
            }
        } while (!state.compareAndSet(now, now - 1));
        return now == CLOSED + 1;
    }

    Closing close() {
        int now;
        do {
            now = state.get();
            if (now < 0) {
                return Closing.REPEATED;
            }
        } while (!state.compareAndSet(now, now | CLOSED));
        return now == 0 ? Closing.LAST : Closing.OCCUPIED;
    }

    boolean closed() {
        return state.get() < 0;
    }
}
