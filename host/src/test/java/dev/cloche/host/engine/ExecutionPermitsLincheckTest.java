package dev.cloche.host.engine;

import dev.cloche.host.engine.ExecutionPermits.Permit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// However threads that share one permit get into each other's way, each has its turn, has it alone, and leaves nothing
/// behind.
///
/// Lincheck steps the threads through the atomic word, the queue and the lock, and finds a turn that is never granted.
/// An operation is a whole visit, from waiting to giving back: none may rightly wait for ever. Three things are not
/// modelled, and are left to [ExecutionPermitsTest]: parking, which may end at any time here, so that who is granted
/// need not be woken; interrupts; and virtual threads, with their permits of their own.
@Timeout(120)
public class ExecutionPermitsLincheckTest {
    private static final int ITERATIONS = 8;
    private static final int INTERLEAVINGS = 500;

    private final ExecutionPermits permits = new ExecutionPermits(1, 1);
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean stopped;
    private volatile @Nullable Thread stoppable;

    private boolean alone() {
        boolean alone = running.incrementAndGet() == 1;
        running.decrementAndGet();
        return alone;
    }

    @Operation
    public boolean turn() {
        Permit permit = permits.permit(() -> false);
        boolean right = permit.acquire() && alone();
        permit.release();
        permit.release();
        return right;
    }

    @Operation
    public boolean turnAndAnother() {
        Permit permit = permits.permit(() -> false);
        boolean right = permit.acquire() && alone() && permit.handOver() && alone();
        permit.release();
        return right;
    }

    /// Who is stopped while it waits has nothing to give back.
    @Operation
    public boolean turnUnlessStopped() {
        stoppable = Thread.currentThread();
        Permit permit = permits.permit(() -> stopped);
        if (!permit.acquire()) {
            return true;
        }
        boolean right = alone();
        if (permit.handOver()) {
            right &= alone();
            permit.release();
        }
        return right;
    }

    @Operation
    public void stop() {
        stopped = true;
        LockSupport.unpark(stoppable);
    }

    @Validate
    public void nothingIsLeft() {
        if (permits.running() != 0 || permits.waiting() != 0) {
            throw new IllegalStateException("running=" + permits.running() + " waiting=" + permits.waiting());
        }
    }

    @Test
    void everyThreadHasItsTurnAloneAndNothingIsLeft() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INTERLEAVINGS)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(AlwaysRight.class)
                .check(ExecutionPermitsLincheckTest.class);
    }

    /// One after the other: whoever asks has a turn, and has it alone.
    public static final class AlwaysRight {
        public boolean turn() {
            return true;
        }

        public boolean turnAndAnother() {
            return true;
        }

        public boolean turnUnlessStopped() {
            return true;
        }

        public void stop() {
            // It changes what becomes of others, not what they answer.
        }
    }
}
