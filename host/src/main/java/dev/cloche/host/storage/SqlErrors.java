package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/// Puts what SQLite reports into words that say what to do.
final class SqlErrors {
    private static final int PRIMARY_CODE = 0xff;

    private SqlErrors() {}

    static StorageException translate(SQLException e, Path file) {
        SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY_CODE);
        return switch (code) {
            case SQLITE_FULL ->
                new StorageException(Kind.FULL, "the disk is full; make room on it, database=" + file, e);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new StorageException(
                        Kind.LOCKED, "another process holds the database; end it or wait, database=" + file, e);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                new StorageException(
                        Kind.CORRUPT,
                        "the database is damaged; put a backup in its place or move it away to begin anew, database="
                                + file,
                        e);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                new StorageException(
                        Kind.READ_ONLY,
                        "the database may not be opened or written; mend the rights of its folder, database=" + file,
                        e);
            // A code each, of which most cannot come up here: what SQLite says itself is the best there is to say.
            default ->
                new StorageException(
                        Kind.IO, "the database cannot be used: " + e.getMessage() + ", database=" + file, e);
        };
    }
}
