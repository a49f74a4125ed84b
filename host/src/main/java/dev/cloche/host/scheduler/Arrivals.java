package dev.cloche.host.scheduler;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What other threads have brought since it was last taken: a stack that many push to without locks, and that its one
/// reader takes as a whole. What may be pushed is bounded by whoever pushes: a hostcall has one last outcome, chunks
/// and events take up [Room].
final class Arrivals {
    private final AtomicReference<@Nullable Arrived> newest = new AtomicReference<>();

    /// Any thread may call this.
    void push(Arrived arrived) {
        Arrived seen;
        do {
            seen = newest.get();
            arrived.before = seen;
        } while (!newest.compareAndSet(seen, arrived));
    }

    /// Takes everything.
    ///
    /// @return what arrived last, linked to what arrived before; null if nothing did
    @Nullable
    Arrived takeAll() {
        // Most ticks find nothing, and a look costs less than an exchange.
        return newest.getPlain() == null && newest.get() == null ? null : newest.getAndSet(null);
    }
}
