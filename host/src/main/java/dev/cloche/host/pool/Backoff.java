package dev.cloche.host.pool;

import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Keeps a pool from making isolates that cannot be made, one after the other: from the second failure in a row on it
/// pauses, twice as long each time. All of it belongs to the pool's lock.
final class Backoff {
    static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private int failures;
    private long endsNanos;
    private @Nullable Reply cause;

    void succeeded() {
        failures = 0;
        cause = null;
    }

    /// Notes a failure. One that came of its caller's own deadline or interrupt says nothing of the next one.
    void failed(Reply why, long nowNanos) {
        if (ofItsCaller(why)) {
            return;
        }
        failures++;
        cause = why;
        if (failures > 1) {
            long pause = FIRST_PAUSE.toNanos() << Math.min(failures - 2, Byte.SIZE);
            endsNanos = nowNanos + Math.min(pause, LONGEST_PAUSE.toNanos());
        }
    }

    private static boolean ofItsCaller(Reply why) {
        return why instanceof Reply.TimedOut
                || (why instanceof Reply.Trapped trapped && trapped.kind() == TrapKind.INTERRUPTED);
    }

    boolean pauses(long nowNanos) {
        return failures > 1 && nowNanos - endsNanos < 0;
    }

    /// What the last creation ended with. Only while it [#pauses].
    Reply cause() {
        return Objects.requireNonNull(cause, "cause");
    }
}
