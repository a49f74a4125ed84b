package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A SQLite database: write-ahead log, durable at each answer, one writing thread, a few reading connections. Safe for
/// use by many threads, platform or virtual.
public final class Database implements AutoCloseable {
    /// How long closing waits for what is under way.
    static final long CLOSE_TIMEOUT_MILLIS = 10_000;

    private final Path file;
    private final Session writerSession;
    private final GroupCommit writer;
    private final Readers readers;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Database(Path file, Session writerSession) {
        this.file = file;
        this.writerSession = writerSession;
        this.writer = new GroupCommit(file, writerSession);
        this.readers = new Readers(file);
    }

    /// Opens the file, makes it if it is not there, and brings its tables to the version of this code.
    ///
    /// @throws StorageException if it cannot be opened, is damaged, or has tables of a newer version
    public static Database open(Path file) {
        try {
            createForOwnerOnly(file);
            Session session = Session.writer(file);
            try {
                Schema.migrate(session, file);
            } catch (SQLException | RuntimeException e) {
                session.close();
                throw e;
            }
            Database database = new Database(file, session);
            database.writer.start();
            return database;
        } catch (SQLException e) {
            throw SqlErrors.translate(e, file);
        }
    }

    // Whatever its folder allows: SQLite makes the files beside it with the rights of this one.
    private static void createForOwnerOnly(Path file) {
        try {
            Files.createFile(file, Home.ownerOnly("rw-------"));
        } catch (FileAlreadyExistsException _) {
            // Its owner may have given it other rights.
        } catch (AccessDeniedException e) {
            throw new StorageException(
                    Kind.READ_ONLY, "the database may not be made; mend the rights of its folder, database=" + file, e);
        } catch (IOException e) {
            throw new StorageException(
                    Kind.IO, "the database cannot be made: " + e.getMessage() + ", database=" + file, e);
        }
    }

    /// Reads in one snapshot and answers what the work answers.
    ///
    /// @throws StorageException if it cannot be read; what the work itself throws is thrown as it is
    public <T> T read(SqlWork<T> work) {
        if (Thread.currentThread().isVirtual()) {
            return await(readers.submit(work));
        }
        try {
            return readers.read(work);
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    /// Reads on one of the database's own threads.
    <T> CompletableFuture<T> readAsync(SqlWork<T> work) {
        return readers.submit(work);
    }

    /// Writes, and answers what the work answers once it is on disk. Work that throws has written nothing.
    ///
    /// An interrupted caller gets a [StorageException] of kind `INTERRUPTED` and does not know whether it was written.
    ///
    /// @throws StorageException if it cannot be written; what the work itself throws is thrown as it is
    /// @throws IllegalStateException if called from within a write
    public <T> T write(SqlWork<T> work) {
        return await(writeAsync(work));
    }

    /// Does what [#write(SqlWork)] does, and runs `onDisk` on the writing thread after the work is on disk and before
    /// this method returns; also for a caller who was interrupted meanwhile. It must not block and must not throw.
    public <T> T write(SqlWork<T> work, Runnable onDisk) {
        return await(enqueue(work, onDisk));
    }

    /// Does what [#write(SqlWork)] does and does not wait for it, unless very many writes are queued: the future is
    /// completed once it is on disk.
    public <T> CompletableFuture<T> writeAsync(SqlWork<T> work) {
        return enqueue(work, () -> {});
    }

    private <T> CompletableFuture<T> enqueue(SqlWork<T> work, Runnable onDisk) {
        if (writer.onWriterThread()) {
            throw new IllegalStateException("a write must not wait for another one, database=" + file);
        }
        try {
            return writer.submit(work, onDisk);
        } catch (InterruptedException _) {
            return CompletableFuture.failedFuture(interrupted());
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException _) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause() == null ? e : e.getCause());
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("the work failed: " + cause.getMessage(), cause);
        };
    }

    private StorageException interrupted() {
        Thread.currentThread().interrupt();
        return new StorageException(Kind.INTERRUPTED, "interrupted while waiting for the database, database=" + file);
    }

    /// Carries out the writes that were asked for, then closes all connections. Waits for that for a bounded time, also
    /// on an interrupted thread, whose flag stays up. Idempotent.
    ///
    /// @throws StorageException if it takes longer: what is under way comes to its end by itself
    @Override
    public void close() {
        close(CLOSE_TIMEOUT_MILLIS);
    }

    void close(long timeoutMillis) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // The writing connection last: with the last of all, SQLite puts its log away.
        CompletableFuture<Void> ended =
                CompletableFuture.allOf(writer.stop(), readers.stop()).thenRun(this::closeWriterSession);
        try {
            // Of a copy: a time-out must not keep the connection from being closed later. Joined, not got: an interrupt
            // does not end this wait, and its flag is up again afterwards.
            ended.copy().orTimeout(timeoutMillis, TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            throw closingFailed(e.getCause() == null ? e : e.getCause(), timeoutMillis);
        }
    }

    private RuntimeException closingFailed(Throwable cause, long timeoutMillis) {
        return cause instanceof TimeoutException
                ? new StorageException(
                        Kind.BUSY,
                        "the database is still at work and closes when it is done, database=" + file + " waited_ms="
                                + timeoutMillis,
                        cause)
                : rethrown(cause);
    }

    private void closeWriterSession() {
        try {
            writerSession.close();
        } catch (SQLException e) {
            throw SqlErrors.translate(e, file);
        }
    }
}
