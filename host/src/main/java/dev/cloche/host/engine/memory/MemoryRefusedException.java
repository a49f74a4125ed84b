package dev.cloche.host.engine.memory;

import java.util.Objects;

/// A memory or an image that cannot be had.
public final class MemoryRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Why.
    public enum Reason {
        /// The module or the image needs more than the cap allows.
        ABOVE_CAP,
        /// All guests of the host together hold as much as they may.
        HOST_FULL,
        /// The process has nearly as many mappings as the system lets it have.
        MAPPINGS,
        /// The system refused a call, most often for want of memory or of file descriptors.
        SYSTEM,
        /// The platform has no foreign memory, and the setting asks for it.
        UNAVAILABLE
    }

    private final Reason reason;
    private final long limit;

    MemoryRefusedException(Reason reason, String message) {
        this(reason, 0, message);
    }

    MemoryRefusedException(Reason reason, long limit, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.limit = limit;
    }

    /// The cap that it is above, in bytes; zero if it is for another reason.
    public long limit() {
        return limit;
    }

    public Reason reason() {
        return reason;
    }
}
