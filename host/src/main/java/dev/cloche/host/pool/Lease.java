package dev.cloche.host.pool;

import dev.cloche.host.engine.Isolate;
import org.jspecify.annotations.Nullable;

/// The right to use one isolate, until closed. Belongs to the thread that acquired it: any other one is told so.
public final class Lease implements AutoCloseable {
    private final IsolatePool pool;
    private final PooledIsolate pooled;
    private final Thread owner;
    private @Nullable RetireReason retireReason;
    private boolean closed;

    Lease(IsolatePool pool, PooledIsolate pooled, Thread owner) {
        this.pool = pool;
        this.pooled = pooled;
        this.owner = owner;
    }

    /// The isolate. Whoever runs it must be out of it before the lease is closed.
    ///
    /// @throws IllegalStateException if the lease is closed, or another thread's
    public Isolate isolate() {
        requireOwner();
        if (closed) {
            throw new IllegalStateException("lease is closed, pool=" + pool.name());
        }
        return pooled.isolate();
    }

    /// Has the isolate retired when the lease is closed. The first reason given stands; without effect once closed.
    /// Needed only to say why, or to retire an isolate that is sound: an unsound one is retired anyhow.
    ///
    /// @throws IllegalStateException if the lease is another thread's
    public void retire(RetireReason reason) {
        requireOwner();
        if (retireReason == null) {
            retireReason = reason;
        }
    }

    /// Gives the isolate back to its pool, which keeps it, hands it to a waiting caller, or retires it. The first close
    /// does; others do nothing.
    ///
    /// @throws IllegalStateException if the lease is another thread's; it stays open
    @Override
    public void close() {
        requireOwner();
        if (!closed) {
            closed = true;
            pool.release(pooled, retireReason);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a subclass of Thread may call another one its equal
    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a lease is used by another thread than the one that acquired it, pool="
                    + pool.name() + " owner=" + owner.getName() + " thread="
                    + Thread.currentThread().getName());
        }
    }
}
