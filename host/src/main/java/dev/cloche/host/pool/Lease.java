package dev.cloche.host.pool;

import dev.cloche.host.engine.Isolate;
import dev.cloche.host.frame.Occupancy;

/// The right to use one isolate, until closed. Belongs to the thread that acquired it: any other one is told so, but
/// for [#suspend] and [#resume].
public final class Lease implements Acquisition, AutoCloseable, Occupancy {
    private final IsolatePool pool;
    private final PooledIsolate pooled;
    private final Thread owner;
    private boolean closed;

    /// Whether its isolate may not count. Written before the guest that is run on behalf of the owner returns to it.
    private boolean away;

    /* What the pool's lock guards. */

    private int waits;
    private boolean over;

    Lease(IsolatePool pool, PooledIsolate pooled, Thread owner) {
        this.pool = pool;
        this.pooled = pooled;
        this.owner = owner;
        this.away = pooled.outside();
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
        if (!closed) {
            pooled.retire(reason);
        }
    }

    @Override
    public void suspend() {
        away = true;
        pool.suspend(this);
    }

    @Override
    public void resume() {
        pool.resume(this);
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
            pool.release(this, pooled, away);
        }
    }

    /* From here on the caller holds the pool's lock. */

    PooledIsolate pooled() {
        return pooled;
    }

    /// Begins to wait for one more call.
    ///
    /// @return whether it is the first, of a lease that is not over
    boolean firstWait() {
        return !over && waits++ == 0;
    }

    /// Ends the wait for a call.
    ///
    /// @return whether it was the last, of a lease that is not over
    boolean lastWait() {
        return !over && --waits == 0;
    }

    void over() {
        over = true;
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
