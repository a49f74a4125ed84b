package dev.cloche.host.storage;

import java.util.Objects;

/// The home folder or its database cannot be used as it is. The message says what, where, and how to mend it; it names
/// paths of this machine and is for the operator, not for guests.
public final class StorageException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        super(message);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    public StorageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    public Kind kind() {
        return kind;
    }

    /// What is wrong.
    public enum Kind {
        /// Another live host holds the home.
        HELD("the home is held by another host", true),
        /// The disk has no room left.
        FULL("the disk is full", true),
        /// Another process holds the database for too long.
        LOCKED("the database is locked by another process", true),
        /// The file is damaged or not a database.
        CORRUPT("the file is damaged", false),
        /// The folder or file may not be written.
        READ_ONLY("the folder may not be written", false),
        /// A newer Cloche has written the database.
        NEWER("a newer version has written the database", false),
        /// More is waiting than there is room for.
        BUSY("too much is waiting for the database", true),
        /// The calling thread was interrupted while it waited.
        INTERRUPTED("the caller was interrupted", false),
        /// The database is closed.
        CLOSED("the database is closed", false),
        /// Anything else the system reports.
        IO("the disk cannot be read or written", true);

        private final String description;
        private final boolean retryable;

        Kind(String description, boolean retryable) {
            this.description = description;
            this.retryable = retryable;
        }

        /// What is wrong in words that name no path, fit for a guest.
        public String description() {
            return description;
        }

        /// Whether the same thing may work later.
        public boolean retryable() {
            return retryable;
        }
    }
}
