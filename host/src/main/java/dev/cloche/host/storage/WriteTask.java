package dev.cloche.host.storage;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One queued write and its answer, which is held back until the transaction it was part of is on disk.
final class WriteTask<T> {
    private final SqlWork<T> work;
    private final Runnable onDisk;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable Throwable failure;

    WriteTask(SqlWork<T> work, Runnable onDisk) {
        this.work = work;
        this.onDisk = onDisk;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /// Carries the work out, once more if it was before, and keeps how it went.
    boolean run(Session session) {
        result = null;
        failure = null;
        try {
            result = work.run(session);
            return true;
        } catch (Throwable e) {
            failure = e;
            return false;
        }
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    void succeed() {
        onDisk.run();
        future.complete(result);
    }

    void fail(Throwable cause) {
        future.completeExceptionally(cause);
    }
}
