package dev.cloche.bench.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.pool.Acquisition;
import dev.cloche.host.pool.IsolatePool;
import dev.cloche.host.pool.Lease;
import dev.cloche.host.pool.PoolContext;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Cloche's own pool, with isolates that do nothing.
final class ClochePeer implements Peer {
    private static final Duration LONG = Duration.ofHours(1);

    private final IsolatePool pool;
    private final long deadlineNanos = System.nanoTime() + LONG.toNanos();

    ClochePeer(Supplier<? extends Isolate> isolates) {
        pool = new IsolatePool(
                "bench",
                new PoolSettings(0, SIZE, SIZE, LONG, LONG, 0, 1, LONG, PoolSettings.Reset.NONE),
                _ -> isolates.get(),
                PoolContext.alone(System::nanoTime, new SplittableRandom(1)));

        pool.prewarm(deadlineNanos);
    }

    @Override
    public Object acquire() {
        return switch (pool.acquire(deadlineNanos)) {
            case Lease lease -> lease;
            case Acquisition.Rejected rejected -> throw new IllegalStateException(rejected.message());
        };
    }

    @Override
    public Isolate isolate(Object held) {
        return ((Lease) held).isolate();
    }

    @Override
    public void release(Object held) {
        ((Lease) held).close();
    }

    @Override
    public void close() {
        pool.close();
    }
}
