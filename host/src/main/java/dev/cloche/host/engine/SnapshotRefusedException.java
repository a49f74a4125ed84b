package dev.cloche.host.engine;

/// Says why an isolate cannot be snapshotted. Isolates of its extension are booted one by one then.
public final class SnapshotRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason what stands in the way and how to mend it
    public SnapshotRefusedException(String reason) {
        super(reason);
    }

    /// What stands in the way.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
