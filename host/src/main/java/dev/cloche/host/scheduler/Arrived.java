package dev.cloche.host.scheduler;

import dev.cloche.host.hostcall.Outcome;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Something brought by another thread: the outcome of a hostcall, or an event. A link of the [Arrivals].
final class Arrived {
    /// The hostcall of an event: events come after all completions.
    static final long NO_HOSTCALL = Long.MAX_VALUE;

    static final Comparator<Arrived> BY_HOSTCALL = (a, b) -> Long.compare(a.hostcall, b.hostcall);

    final long hostcall;
    final @Nullable Outcome outcome;
    final @Nullable InboundEvent event;

    /// Where the call began for which it was brought.
    final long base;

    /// The one that arrived before. Belongs to the [Arrivals].
    @Nullable
    Arrived before;

    Arrived(long base, long hostcall, Outcome outcome) {
        this.base = base;
        this.hostcall = hostcall;
        this.outcome = outcome;
        this.event = null;
    }

    Arrived(long base, InboundEvent event) {
        this.base = base;
        this.hostcall = NO_HOSTCALL;
        this.outcome = null;
        this.event = event;
    }
}
