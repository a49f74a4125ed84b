package dev.cloche.bench.pool;

import java.util.concurrent.TimeUnit;
import stormpot.Allocator;
import stormpot.BasePoolable;
import stormpot.Expiration;
import stormpot.Pool;
import stormpot.PoolTap;
import stormpot.Slot;
import stormpot.Timeout;

/// Stormpot. It has no setting of fairness: whoever comes may pass those that wait.
final class StormpotPeer implements Peer {
    private static final Timeout LONG = new Timeout(1, TimeUnit.HOURS);

    private final Pool<Trivial> pool = Pool.from(new Allocator<Trivial>() {
                @Override
                public Trivial allocate(Slot slot) {
                    return new Trivial(slot);
                }

                @Override
                public void deallocate(Trivial poolable) {}
            })
            .setSize(SIZE)
            .setExpiration(Expiration.never())
            .build();

    private final PoolTap<Trivial> tap;

    /// @param virtual whether virtual threads will use it, which its documentation has a tap of their own for
    StormpotPeer(boolean virtual) {
        tap = virtual ? pool.getVirtualThreadSafeTap() : pool.getThreadSafeTap();
    }

    @Override
    public Object acquire() throws InterruptedException {
        Trivial claimed = tap.claim(LONG);
        if (claimed == null) {
            throw new IllegalStateException("Stormpot gave no object in an hour");
        }
        return claimed;
    }

    @Override
    public long use(Object held) {
        return ++((Trivial) held).value;
    }

    @Override
    public void release(Object held) {
        ((Trivial) held).release();
    }

    @Override
    public void close() {
        var _ = pool.shutdown();
    }

    private static final class Trivial extends BasePoolable {
        private long value;

        Trivial(Slot slot) {
            super(slot);
        }
    }
}
