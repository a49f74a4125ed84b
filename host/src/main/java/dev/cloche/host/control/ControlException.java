package dev.cloche.host.control;

import java.util.Locale;
import java.util.Objects;

/// An operation that was refused or could not be carried out. The message says what, where, and how to mend it.
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    public ControlException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    public ControlException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }

    /// What kind of refusal it is. Labels are part of the protocol: they never change their meaning.
    public enum Code {
        /// The line is no request.
        INVALID_REQUEST,
        /// There is no such operation.
        UNKNOWN_OPERATION,
        /// The operation does not take such parameters.
        USAGE,
        /// The bundle cannot be used.
        BUNDLE,
        /// What is needed is not there or cannot be used.
        UNAVAILABLE,
        /// As much as may be is under way.
        BUSY,
        /// A line is longer than may be.
        TOO_LARGE,
        /// The other side speaks another version of the protocol.
        VERSION,
        /// The other side is another user's.
        FORBIDDEN,
        /// The host itself failed; its log says more.
        INTERNAL;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }

        /// @return [#INTERNAL] for a label that this version does not know
        static Code of(String label) {
            for (Code code : values()) {
                if (code.label.equals(label)) {
                    return code;
                }
            }
            return INTERNAL;
        }
    }
}
