package dev.cloche.host.pool;

import dev.cloche.host.engine.Isolate;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The right to use one isolate, until closed. Held by one call; safe to close from any thread, any number of times:
/// the first close gives the isolate back, the others do nothing.
public final class Lease implements AutoCloseable {
    private final IsolatePool pool;
    private final PooledIsolate pooled;
    private final AtomicReference<@Nullable RetireReason> retireReason = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(IsolatePool pool, PooledIsolate pooled) {
        this.pool = pool;
        this.pooled = pooled;
    }

    /// The isolate. Whoever runs it must be out of it before the lease is closed.
    ///
    /// @throws IllegalStateException if the lease is closed
    public Isolate isolate() {
        if (closed.get()) {
            throw new IllegalStateException("lease is closed, pool=" + pool.name());
        }
        return pooled.isolate();
    }

    /// Has the isolate retired when the lease is closed. The first reason given stands; without effect once closed.
    /// Needed only to say why, or to retire an isolate that is sound: an unsound one is retired anyhow.
    public void retire(RetireReason reason) {
        retireReason.compareAndSet(null, reason);
    }

    /// Gives the isolate back to its pool, which keeps it, hands it to a waiting caller, or retires it.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pool.release(pooled, retireReason.get());
        }
    }
}
