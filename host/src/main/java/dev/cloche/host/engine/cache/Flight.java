package dev.cloche.host.engine.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One value on its way: a thread makes it, others wait for it.
final class Flight<T> {
    private final Thread maker = Thread.currentThread();
    private final Duration waitMax;
    private final CompletableFuture<Optional<T>> result = new CompletableFuture<>();

    /// A flight that the calling thread makes.
    Flight(Duration waitMax) {
        this.waitMax = waitMax;
    }

    boolean isMadeByCaller() {
        return maker.equals(Thread.currentThread());
    }

    void land(T value) {
        result.complete(Optional.of(value));
    }

    void fail(Throwable cause) {
        result.completeExceptionally(cause);
    }

    /// The maker was interrupted: its call is over, those of the others are not, and one of them shall try.
    void abandon() {
        result.complete(Optional.empty());
    }

    /// The value, or nothing if its maker gave up.
    ///
    /// @throws CacheBuildException if it could not be made, or not in time
    Optional<T> await(CacheKey key) throws InterruptedException {
        try {
            return result.get(waitMax.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new CacheBuildException(key, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            throw new CacheBuildException(
                    key, new TimeoutException("another thread takes too long, wait-max=" + waitMax));
        }
    }
}
