package dev.cloche.host.pool;

import dev.cloche.host.call.Reply;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What [IsolatePool#acquire] answers: a lease, or why there is none.
public sealed interface Acquisition permits Lease, Acquisition.Rejected {

    /// The caller has nothing to give back.
    ///
    /// @param cause what the isolate's creation ended with; given if the reason is
    /// [Reason#CREATION_FAILED], and only then
    record Rejected(Reason reason, String message, @Nullable Reply cause) implements Acquisition {
        public Rejected {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
            if ((cause != null) != (reason == Reason.CREATION_FAILED)) {
                throw new IllegalArgumentException(
                        "a cause belongs to a failed creation, reason=" + reason + " cause=" + cause);
            }
        }

        /// What a call that needed the isolate is answered.
        public Reply reply() {
            return switch (reason) {
                case TIMEOUT -> new Reply.Rejected(Reply.RejectReason.POOL_TIMEOUT, message);
                case INTERRUPTED -> new Reply.Rejected(Reply.RejectReason.INTERRUPTED, message);
                case HOST_ISOLATES -> new Reply.Rejected(Reply.RejectReason.HOST_ISOLATES, message);
                case REENTRANT -> new Reply.Rejected(Reply.RejectReason.REENTRANT, message);
                case QUEUE_FULL -> new Reply.Rejected(Reply.RejectReason.BACKPRESSURE, message);
                case DRAINING -> new Reply.Rejected(Reply.RejectReason.DRAINING, message);
                case CLOSED -> new Reply.Unavailable(Reply.UnavailableReason.CLOSED, message);
                case CREATION_FAILED -> Objects.requireNonNull(cause, "cause");
            };
        }
    }

    /// Why there is no lease.
    enum Reason {
        /// No isolate came free in time.
        TIMEOUT("no isolate came free in time"),
        /// The host has as many isolates as it may, and none that is idle came free in time.
        HOST_ISOLATES("the host has as many isolates as it may, and none could be closed in time"),
        /// The call waits for isolates that calls hold which wait for it, and more than may be are outside of the pool
        /// for that.
        REENTRANT("too many calls wait for one another, outside-max=" + PoolState.OUTSIDE_MAX),
        /// The caller was interrupted while it waited; its interrupt flag is set.
        INTERRUPTED("the caller was interrupted while it waited for an isolate"),
        /// As many callers wait as may wait.
        QUEUE_FULL("too many callers wait for an isolate, waiters-max=" + IsolatePool.WAITERS_MAX),
        /// The pool gives no more leases and waits for those it gave.
        DRAINING("no more calls are taken, those under way come to their end"),
        /// The pool is closed.
        CLOSED("the extension's isolates are closed"),
        /// An isolate had to be made and could not be.
        CREATION_FAILED("no isolate could be made");

        private final String label = name().toLowerCase(Locale.ROOT);
        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /// The name in metrics, for example `queue_full`.
        public String label() {
            return label;
        }

        /// The same for people.
        String text() {
            return text;
        }
    }
}
