package dev.cloche.host.hostcall;

import java.util.Objects;

/// A guest may have no more of an answer that comes in parts.
final class StreamRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Denied refusal;

    StreamRefusedException(Outcome.Denied refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    Outcome.Denied refusal() {
        return Objects.requireNonNull(refusal, "refusal");
    }
}
