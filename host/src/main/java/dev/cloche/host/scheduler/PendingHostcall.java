package dev.cloche.host.scheduler;

import dev.cloche.host.hostcall.Outcome;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A hostcall from its admission until the script has been given its last outcome.
///
/// ```
///  arrives ──► [ waiting ] ──► outcome ──► the script
///               streams only    one at a time, and only when it is wanted
/// ```
/// A plain hostcall's outcome is wanted from the beginning; a chunk is wanted once the script has asked for it.
final class PendingHostcall extends Ready {
    final long sequence;
    final boolean stream;
    final long timeoutNanos;

    HostcallControl control = HostcallControl.NONE;

    /// When its time is over; null if it has all the time of its call.
    @Nullable
    Timer timeout;

    /// Whether the script waits for an outcome that is not there yet.
    boolean wanted;

    /// Whether its last outcome is known: what comes now is late.
    boolean ended;

    /// Whether the script has cancelled it.
    boolean cancelled;

    /// What stands in the queue of tasks that are ready; null if nothing of it does.
    @Nullable
    Outcome outcome;

    /// The number of the chunk that is to come next.
    long nextChunk;

    private @Nullable ArrayDeque<Outcome> waiting;

    PendingHostcall(long sequence, boolean stream, long timeoutNanos) {
        this.sequence = sequence;
        this.stream = stream;
        this.timeoutNanos = timeoutNanos;
        this.wanted = !stream;
    }

    void await(Outcome arrived) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(arrived);
    }

    /// Takes what has waited longest.
    @Nullable
    Outcome takeWaiting() {
        return waiting == null ? null : waiting.poll();
    }

    /// Takes what stands in the queue of tasks.
    Outcome takeReady() {
        Outcome taken = Objects.requireNonNull(outcome, "outcome");
        outcome = null;
        return taken;
    }

    /// Whether the script has been given everything.
    boolean last() {
        return ended && (waiting == null || waiting.isEmpty());
    }
}
