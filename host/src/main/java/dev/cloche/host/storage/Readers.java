package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections that read, each opened when it is first needed. A platform thread reads on its own; a virtual one
/// hands over to a reader thread, since a call into SQLite would hold its carrier.
final class Readers {
    /// How many connections read at the same time.
    static final int SESSIONS_MAX = 4;

    /// How many threads read for virtual ones.
    static final int THREADS = 2;

    /// How many reads may wait for one of these threads.
    static final int QUEUE_CAPACITY = 4_096;

    /// How long a read waits for a connection.
    static final long SESSION_TIMEOUT_MILLIS = 5_000;

    private static final long IDLE_SECONDS = 30;

    private final Path file;
    private final Semaphore permits = new Semaphore(SESSIONS_MAX, /* fair= */ true);
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
    private final ThreadPoolExecutor threads;
    private volatile boolean closed;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    Readers(Path file) {
        this.file = file;
        BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                Thread.ofPlatform().name("cloche-db-reader-", 0).daemon(true).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /// Reads on the calling thread, in one snapshot of the database.
    <T> T read(SqlWork<T> work) throws InterruptedException {
        refuseIfClosed();
        if (!permits.tryAcquire(SESSION_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new StorageException(
                    Kind.BUSY,
                    "too many reads are under way; try again later, database=" + file + " readers=" + SESSIONS_MAX);
        }
        try {
            refuseIfClosed();
            return readWithPermit(work);
        } finally {
            permits.release();
            if (closed) {
                finishIfQuiet();
            }
        }
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "the database is closed, database=" + file);
        }
    }

    private <T> T readWithPermit(SqlWork<T> work) {
        boolean sound = false;
        @Nullable Session session = null;
        try {
            @Nullable Session pooled = idle.pollFirst();
            session = pooled == null ? Session.reader(file) : pooled;
            session.execute("BEGIN");
            T result = work.run(session);
            session.execute("COMMIT");
            sound = true;
            return result;
        } catch (SQLException e) {
            throw SqlErrors.translate(e, file);
        } finally {
            if (session != null) {
                putBack(session, sound);
            }
        }
    }

    // A connection on which anything went wrong may still be in a transaction: another takes its place.
    private void putBack(Session session, boolean sound) {
        if (sound) {
            idle.offerFirst(session);
            if (closed) {
                closeIdle();
            }
        } else {
            closeQuietly(session);
        }
    }

    /// Reads on a reader thread.
    <T> CompletableFuture<T> submit(SqlWork<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    future.complete(read(work));
                } catch (Throwable e) {
                    future.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(new StorageException(
                    closed ? Kind.CLOSED : Kind.BUSY,
                    closed
                            ? "the database is closed, database=" + file
                            : "too many reads are waiting; try again later, database=" + file + " waiting="
                                    + QUEUE_CAPACITY,
                    e));
        }
        return future;
    }

    /// Takes nothing more. Does not wait.
    ///
    /// @return completed when no read is under way and no connection open any more
    CompletableFuture<Void> stop() {
        closed = true;
        threads.shutdown();
        closeIdle();
        finishIfQuiet();
        return finished;
    }

    private void closeIdle() {
        for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
            closeQuietly(session);
        }
    }

    // Whoever comes later finds `closed`; whoever came before comes here after giving its permit back.
    private void finishIfQuiet() {
        if (permits.tryAcquire(SESSIONS_MAX)) {
            permits.release(SESSIONS_MAX);
            finished.complete(null);
        }
    }

    private static void closeQuietly(Session session) {
        try {
            session.close();
        } catch (SQLException _) {
            // Nothing was written through it, so there is nothing to lose.
        }
    }
}
