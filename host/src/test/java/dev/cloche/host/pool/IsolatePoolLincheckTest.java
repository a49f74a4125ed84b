package dev.cloche.host.pool;

import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// However threads that share one pool get into each other's way, each is served, has its isolate alone, and leaves
/// nothing behind.
///
/// Lincheck steps the threads through the isolates' states, the alert, the queue and the lock, and finds a hand-over
/// that is lost. A lease is its thread's own, so an operation is a whole visit: none may rightly wait for ever. Three
/// things are not modelled, and are left to the other tests: time, which passes only for those who look for others to
/// go first; interrupts; and a memory that shows writes late, for which waiters look twice.
@Timeout(120)
public final class IsolatePoolLincheckTest {
    private static final int ITERATIONS = 5;
    private static final int INTERLEAVINGS = 80;

    /// More than a loop over all habits takes.
    private static final int LOOPS_MAX = 500;

    private static final int MAX = 1;
    private static final int LARGER_MAX = 2;
    private static final long NEVER = Long.MAX_VALUE / 2;

    /// Each look at the clock takes that long: who lets others go first does so once.
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);

    private final AtomicInteger alive = new AtomicInteger();
    private final HostIsolates host = new HostIsolates(LARGER_MAX);
    private long time;
    private volatile boolean shut;
    private final IsolatePool pool = new IsolatePool(
            "lincheck",
            new PoolSettings(
                    0,
                    MAX,
                    0,
                    Duration.ofDays(1),
                    Duration.ofDays(1),
                    0,
                    0.8,
                    Duration.ofDays(1),
                    PoolSettings.Reset.NONE),
            deadline -> new Counted(),
            new PoolContext(host, this::now, new SplittableRandom(1), false));

    private long now() {
        time += TICK;
        return time;
    }

    /// An isolate that knows whether anybody is in it.
    private final class Counted implements Isolate {
        private final AtomicInteger inside = new AtomicInteger();
        private volatile boolean closed;
        private volatile boolean trapped;

        Counted() {
            alive.incrementAndGet();
        }

        boolean enter() {
            return inside.incrementAndGet() == 1 && !closed;
        }

        boolean leave() {
            return inside.decrementAndGet() == 0 && !closed;
        }

        @Override
        public Reply run(Invocation invocation) {
            return new Reply.Ok(Payload.EMPTY);
        }

        @Override
        public boolean reset() {
            return false;
        }

        @Override
        public long fuelUsed() {
            return 0;
        }

        @Override
        public boolean sound() {
            return !trapped;
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
        public void cancel() {
            // Nothing runs in it.
        }

        @Override
        public void close() {
            closed = true;
            alive.decrementAndGet();
        }
    }

    private interface Use {
        boolean in(Lease lease, Counted isolate);
    }

    /// @return whether everything was as it must be
    private boolean visit(Use use) {
        if (!(pool.acquire(NEVER) instanceof Lease lease)) {
            return shut;
        }
        Counted isolate = (Counted) lease.isolate();
        boolean right = isolate.enter();
        right &= use.in(lease, isolate);
        right &= isolate.leave();
        lease.close();
        lease.close();
        return right;
    }

    @Operation
    public boolean use() {
        return visit((lease, isolate) -> true);
    }

    @Operation
    public boolean trap() {
        return visit((lease, isolate) -> {
            isolate.trapped = true;
            return true;
        });
    }

    @Operation
    public boolean suspendAndResume() {
        return visit((lease, isolate) -> {
            lease.suspend();
            lease.resume();
            return true;
        });
    }

    @Operation
    public boolean suspendAndNest() {
        return visit((lease, isolate) -> {
            lease.suspend();
            return visit((inner, other) -> other != isolate);
        });
    }

    @Operation
    public void grow() {
        pool.resize(0, LARGER_MAX);
    }

    @Operation
    public void shrink() {
        pool.resize(0, MAX);
    }

    @Operation
    public void maintain() {
        pool.maintain();
    }

    /// Late, so that most of the others come before.
    @Operation(runOnce = true)
    public void close() {
        shut = true;
        pool.close();
    }

    @Validate
    public void nothingIsLost() {
        PoolStats stats = pool.stats();
        boolean right = stats.waiting() == 0
                && stats.inUse() == 0
                && stats.suspended() == 0
                && stats.live() == stats.idle()
                && stats.idle() == alive.get()
                && stats.idle() == host.taken()
                && stats.idle() <= (shut ? 0 : LARGER_MAX);
        if (!right) {
            throw new IllegalStateException("alive=" + alive + " taken=" + host.taken() + " stats=" + stats);
        }
    }

    @Test
    void everyThreadIsServedAloneAndNothingIsLost() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INTERLEAVINGS)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .loopBound(LOOPS_MAX)
                .sequentialSpecification(AlwaysRight.class)
                .check(IsolatePoolLincheckTest.class);
    }

    /// One after the other: whoever comes has an isolate, and has it alone.
    public static final class AlwaysRight {
        public boolean use() {
            return true;
        }

        public boolean trap() {
            return true;
        }

        public boolean suspendAndResume() {
            return true;
        }

        public boolean suspendAndNest() {
            return true;
        }

        public void grow() {
            // It changes how long others wait, not what they answer.
        }

        public void shrink() {
            // As above.
        }

        public void maintain() {
            // As above.
        }

        public void close() {
            // Who is refused on account of it finds that right.
        }
    }
}
