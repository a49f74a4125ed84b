package dev.cloche.bench.command;

/// Arguments that cannot be used.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
