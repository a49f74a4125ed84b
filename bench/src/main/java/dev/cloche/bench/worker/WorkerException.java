package dev.cloche.bench.worker;

/// A worker could not be started, failed, or answered what no worker answers.
public final class WorkerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WorkerException(String message) {
        super(message);
    }

    public WorkerException(String message, Throwable cause) {
        super(message, cause);
    }
}
