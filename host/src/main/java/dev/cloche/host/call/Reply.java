package dev.cloche.host.call;

import java.time.Duration;
import java.util.Locale;

/// How a call went. Every way a call can end is one of these; none of them is an exception.
public sealed interface Reply {

    /// The guest answered.
    record Ok(Payload payload) implements Reply {}

    /// The guest answered with an error of its own; its isolate is sound and stays in use.
    ///
    /// @param code what the guest calls the error: an error's name in JavaScript, `error` where it has none
    /// @param stack the guest's stack in the author's own files and lines, or empty
    record GuestError(String code, String message, String stack) implements Reply {}

    /// Policy refused the call.
    ///
    /// @param rule the rule that decided
    record Denied(String rule, String message) implements Reply {}

    /// The engine stopped the guest.
    ///
    /// @param stack the guest's stack, or empty
    record Trapped(TrapKind kind, String message, String stack) implements Reply {}

    /// The deadline passed while the guest ran or waited.
    ///
    /// @param limit the time the call had
    record TimedOut(Duration limit, String message) implements Reply {}

    /// The call used up a budget.
    ///
    /// @param limit the budget's size, in its own unit
    record Exhausted(Budget budget, long limit, String message) implements Reply {}

    /// The host did not take the call on; it may be tried again.
    record Rejected(RejectReason reason, String message) implements Reply {}

    /// There is nothing to call.
    record Unavailable(UnavailableReason reason, String message) implements Reply {}

    /// Why a call was not taken on.
    enum RejectReason {
        /// The payload does not fit the entry: not JSON where JSON is needed, or against the tool's schema.
        INVALID_PAYLOAD,
        /// No isolate came free before the acquire timeout.
        POOL_TIMEOUT,
        /// The caller was interrupted while it waited for an isolate.
        INTERRUPTED,
        /// The host is closing.
        DRAINING,
        /// A lane or a shard is full.
        BACKPRESSURE,
        /// The guests of the host together hold as much memory as they may.
        HOST_MEMORY,
        /// The host has as many isolates as it may.
        HOST_ISOLATES,
        /// Too many calls wait for one another.
        REENTRANT;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }

    /// Why there is nothing to call.
    enum UnavailableReason {
        UNKNOWN_EXTENSION,
        UNKNOWN_ENTRY,
        INACTIVE,
        CLOSED;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }

    /// The payload of an [Ok].
    ///
    /// @throws IllegalStateException with the whole reply, if it is anything else
    default Payload payloadOrThrow() {
        if (this instanceof Ok ok) {
            return ok.payload();
        }
        throw new IllegalStateException("the call was not answered, reply=" + this);
    }
}
