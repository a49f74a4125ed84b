package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The one thread that writes. While a commit waits for the disk, further writes queue up; they all go into the next
/// transaction, each within a savepoint of its own, so that one that fails takes nothing of the others with it. A write
/// is answered when its transaction is on disk.
///
/// Some errors (a full disk, for one) make SQLite undo the whole transaction. The writes of such a group are then run
/// again, each in a transaction of its own: what can be written is written, and each hears of its own error.
final class GroupCommit {
    /// How many writes may wait.
    static final int QUEUE_CAPACITY = 4_096;

    /// How many writes share a transaction at most.
    static final int GROUP_MAX = 256;

    /// How long a writer waits for a place in the queue.
    static final long OFFER_TIMEOUT_MILLIS = 5_000;

    private static final WriteTask<Boolean> WAKE = new WriteTask<>(_ -> true, () -> {});

    private final Path file;
    private final Session session;
    private final BlockingQueue<WriteTask<?>> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean ended;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    GroupCommit(Path file, Session session) {
        this.file = file;
        this.session = session;
        this.thread = Thread.ofPlatform().name("cloche-db-writer").daemon(true).unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    boolean onWriterThread() {
        return Thread.currentThread().equals(thread);
    }

    /// Queues a write; waits for a bounded time if the queue is full.
    <T> CompletableFuture<T> submit(SqlWork<T> work, Runnable onDisk) throws InterruptedException {
        WriteTask<T> task = new WriteTask<>(work, onDisk);
        if (closed) {
            task.fail(closedException());
        } else if (!queue.offer(task, OFFER_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            task.fail(new StorageException(
                    Kind.BUSY,
                    "too many writes are waiting; try again later, database=" + file + " waiting=" + QUEUE_CAPACITY));
        } else if (ended) {
            // It came in behind the last look at the queue.
            refuseQueued();
        }
        return task.future();
    }

    private void loop() {
        List<WriteTask<?>> group = new ArrayList<>(GROUP_MAX);
        try {
            while (!(closed && queue.isEmpty())) {
                group.clear();
                group.add(queue.take());
                queue.drainTo(group, GROUP_MAX - 1);
                group.remove(WAKE);
                if (!group.isEmpty()) {
                    commitOrFail(group);
                }
            }
        } catch (InterruptedException _) {
            // Nobody but the end of the process interrupts this thread.
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            refuseQueued();
            finished.complete(null);
        }
    }

    // Whatever happens, each is answered and the thread lives on.
    private void commitOrFail(List<WriteTask<?>> group) {
        try {
            commit(group);
        } catch (RuntimeException | Error e) {
            rollBack();
            group.forEach(task -> task.fail(e));
        }
    }

    private void commit(List<WriteTask<?>> group) {
        try {
            session.execute("BEGIN IMMEDIATE");
            for (WriteTask<?> task : group) {
                inSavepoint(task);
            }
            session.execute("COMMIT");
        } catch (SQLException e) {
            rollBack();
            if (group.size() == 1) {
                answerFailed(group.getFirst(), e);
            } else {
                group.forEach(task -> commit(List.of(task)));
            }
            return;
        }
        group.forEach(this::answer);
    }

    private void inSavepoint(WriteTask<?> task) throws SQLException {
        session.execute("SAVEPOINT task");
        if (!task.run(session)) {
            session.forgetStatements();
            session.execute("ROLLBACK TO task");
        }
        session.execute("RELEASE task");
    }

    private void rollBack() {
        try {
            session.executeOnce("ROLLBACK");
        } catch (SQLException _) {
            // There is no transaction any more: SQLite has undone it already.
        }
    }

    private void answer(WriteTask<?> task) {
        Throwable failure = task.failure();
        if (failure == null) {
            task.succeed();
        } else {
            task.fail(failure instanceof SQLException e ? SqlErrors.translate(e, file) : failure);
        }
    }

    // The work's own error says more than what became of its savepoint.
    private void answerFailed(WriteTask<?> task, SQLException e) {
        if (task.failure() == null) {
            task.fail(SqlErrors.translate(e, file));
        } else {
            answer(task);
        }
    }

    private void refuseQueued() {
        List<WriteTask<?>> late = new ArrayList<>();
        queue.drainTo(late);
        late.forEach(task -> task.fail(closedException()));
    }

    private StorageException closedException() {
        return new StorageException(Kind.CLOSED, "the database is closed, database=" + file);
    }

    /// Takes nothing more. Does not wait.
    ///
    /// @return completed when what is queued was carried out and the thread is done with its connection
    CompletableFuture<Void> stop() {
        closed = true;
        // If there is no room for it, the thread is awake and sees the flag.
        boolean _ = queue.offer(WAKE);
        return finished;
    }
}
