package dev.cloche.bench.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.pool.Acquisition;
import dev.cloche.host.pool.IsolatePool;
import dev.cloche.host.pool.Lease;
import dev.cloche.host.pool.PoolContext;
import java.time.Duration;
import java.util.SplittableRandom;

/// Cloche's own pool, with isolates that do nothing.
final class ClochePeer implements Peer {
    private static final Duration LONG = Duration.ofHours(1);

    private final IsolatePool pool = new IsolatePool(
            "bench",
            new PoolSettings(0, SIZE, SIZE, LONG, LONG, 0, 1, LONG, PoolSettings.Reset.NONE),
            _ -> new Trivial(),
            PoolContext.alone(System::nanoTime, new SplittableRandom(1)));

    private final long deadlineNanos = System.nanoTime() + LONG.toNanos();

    ClochePeer() {
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
    public long use(Object held) {
        return ++((Trivial) ((Lease) held).isolate()).value;
    }

    @Override
    public void release(Object held) {
        ((Lease) held).close();
    }

    @Override
    public void close() {
        pool.close();
    }

    /// An isolate without a guest.
    private static final class Trivial implements Isolate {
        private long value;

        @Override
        public Reply run(Invocation invocation) {
            return new Reply.Ok(Payload.EMPTY);
        }

        @Override
        public long fuelUsed() {
            return 0;
        }

        @Override
        public boolean sound() {
            return true;
        }

        @Override
        public boolean reset() {
            return false;
        }

        @Override
        public long memoryBytes() {
            return 0;
        }

        @Override
        public long memoryBytesMax() {
            return 1;
        }

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }
}
