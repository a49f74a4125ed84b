package dev.cloche.host.scheduler;

import org.jspecify.annotations.Nullable;

/// A time at which something is to be done: a timer of the script's, or the end of a hostcall's time.
final class Timer extends Ready {
    /// The interval of a timer that fires once.
    static final long ONCE = -1;

    /// The position of a timer that is not in the heap.
    static final int NOWHERE = -1;

    final long id;
    final long intervalNanos;

    /// The hostcall whose time this is; null for a timer of the script's.
    final @Nullable PendingHostcall hostcall;

    long dueNanos;
    long sequence;

    /// Where it stands in the heap. Belongs to the heap.
    int position = NOWHERE;

    Timer(long id, long dueNanos, long intervalNanos, @Nullable PendingHostcall hostcall) {
        this.id = id;
        this.sequence = id;
        this.dueNanos = dueNanos;
        this.intervalNanos = intervalNanos;
        this.hostcall = hostcall;
    }

    /// Whether it fires before another one: by deadline, then by sequence. Deadlines may wrap around.
    boolean before(Timer other) {
        long earlier = dueNanos - other.dueNanos;
        return earlier < 0 || (earlier == 0 && sequence < other.sequence);
    }
}
