package dev.cloche.bench.pool;

import dev.cloche.host.engine.Isolate;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

    private final Pool<Slotted> pool;
    private final PoolTap<Slotted> tap;

    /// @param virtual whether virtual threads will use it, which its documentation has a tap of their own for
    StormpotPeer(Supplier<? extends Isolate> isolates, boolean virtual) {
        pool = Pool.from(new Allocator<Slotted>() {
                    @Override
                    public Slotted allocate(Slot slot) {
                        return new Slotted(slot, isolates.get());
                    }

                    @Override
                    public void deallocate(Slotted poolable) {
                        poolable.isolate.close();
                    }
                })
                .setSize(SIZE)
                .setExpiration(Expiration.never())
                .build();
        tap = virtual ? pool.getVirtualThreadSafeTap() : pool.getThreadSafeTap();
    }

    @Override
    public Object acquire() throws InterruptedException {
        Slotted claimed = tap.claim(LONG);
        if (claimed == null) {
            throw new IllegalStateException("Stormpot gave no object in an hour");
        }
        return claimed;
    }

    @Override
    public Isolate isolate(Object held) {
        return ((Slotted) held).isolate;
    }

    @Override
    public void release(Object held) {
        ((Slotted) held).release();
    }

    @Override
    public void close() {
        var _ = pool.shutdown();
    }

    private static final class Slotted extends BasePoolable {
        private final Isolate isolate;

        Slotted(Slot slot, Isolate isolate) {
            super(slot);
            this.isolate = isolate;
        }
    }
}
