package dev.cloche.cli;

import org.jspecify.annotations.Nullable;

/// The end of a command that could not do its work, for a reason that its user can see to.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    /// @param message one sentence, without the leading `cloche:`
    CommandFailure(int exitStatus, String message) {
        this(exitStatus, message, null);
    }

    /// @param cause shown with `-v` only
    CommandFailure(int exitStatus, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitStatus = exitStatus;
    }

    /// One of the constants of [ExitStatus].
    int exitStatus() {
        return exitStatus;
    }
}
