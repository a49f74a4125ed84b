package dev.cloche.host.conformance;

/// The suite cannot be run: something is missing, and the message says what and how to get it.
public final class ConformanceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConformanceException(String message) {
        super(message);
    }

    ConformanceException(String message, Throwable cause) {
        super(message, cause);
    }
}
