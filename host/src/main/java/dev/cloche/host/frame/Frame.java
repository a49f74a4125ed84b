package dev.cloche.host.frame;

import dev.cloche.host.call.Entry;
import java.util.Objects;

/// The immutable context of one call. It travels with every hostcall the call makes.
///
/// @param callId unique within the host, rising
/// @param extension the id of the extension called
/// @param timeoutNanos how long the call may take from its entry
/// @param deadlineNanos when the call must have ended, on the host's monotonic clock ([System#nanoTime] by default)
/// @param occupancy the place it takes up
/// @param lineage the threads that wait for it
public record Frame(
        long callId,
        String extension,
        Entry entry,
        long timeoutNanos,
        long deadlineNanos,
        Occupancy occupancy,
        Lineage lineage) {
    public Frame {
        Objects.requireNonNull(extension, "extension");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(occupancy, "occupancy");
        Objects.requireNonNull(lineage, "lineage");
    }

    /// Of a call that takes up no place and that nothing waits for.
    public Frame(long callId, String extension, Entry entry, long timeoutNanos, long deadlineNanos) {
        this(callId, extension, entry, timeoutNanos, deadlineNanos, Occupancy.NONE, Lineage.NONE);
    }

    /// The context in which an isolate of an extension is initialised: that of no call.
    ///
    /// @param nowNanos the time on the host's monotonic clock
    public static Frame initialisation(String extension, long nowNanos, long deadlineNanos) {
        return new Frame(0, extension, Entry.action("init"), deadlineNanos - nowNanos, deadlineNanos);
    }
}
