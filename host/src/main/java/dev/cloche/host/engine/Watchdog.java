package dev.cloche.host.engine;

import dev.cloche.host.engine.memory.LinearMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.WasmInterruptedException;

/// Stops guests whose deadline has passed. A guest that runs sees that itself, at the end of each slice of its fuel;
/// bulk operations and host functions see the flag that is raised here; one that waits, for its turn or asleep, is
/// woken. Only a service that works for a guest on the guest's own thread is interrupted: nothing else reaches it.
///
/// One platform thread looks at all guards every [#POLL_NANOS] while any guest runs, and sleeps otherwise.
public final class Watchdog implements AutoCloseable {
    /// How often guards are looked at: what a guest may overrun its deadline by.
    public static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// How many looks find nothing armed before the thread sleeps until it is woken.
    private static final int IDLE_POLLS_MAX = 50;

    private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanoClock;
    private final ExecutionPermits permits;
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closed;
    private volatile boolean stopping;

    public Watchdog(LongSupplier nanoClock, ExecutionPermits permits) {
        this.nanoClock = nanoClock;
        this.permits = permits;
        this.thread = Thread.ofPlatform().name("cloche-watchdog").daemon().start(this::watch);
    }

    /// A guard for one isolate, to be closed with it.
    public Guard guard() {
        Guard guard = new Guard();
        guards.add(guard);
        return guard;
    }

    /// Stops every guest that runs now or will, for good: the host closes.
    public void stopAll() {
        stopping = true;
        wake();
        for (Guard guard : guards) {
            Runnable sleeper = guard.sleeper;
            if (sleeper != null) {
                sleeper.run();
            }
        }
    }

    /// Who may run at a time of those that are watched.
    public ExecutionPermits permits() {
        return permits;
    }

    private void watch() {
        int idlePolls = 0;
        while (!closed) {
            idlePolls = poll() ? 0 : idlePolls + 1;
            if (idlePolls <= IDLE_POLLS_MAX) {
                LockSupport.parkNanos(this, POLL_NANOS);
            } else {
                sleepUntilArmed();
                idlePolls = 0;
            }
        }
    }

    private void sleepUntilArmed() {
        asleep = true;
        // Look once more: a guard armed before the flag was up did not wake this thread.
        while (asleep && !closed && !poll()) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    /// @return whether any guard is armed
    private boolean poll() {
        long now = nanoClock.getAsLong();
        boolean armed = false;
        for (Guard guard : guards) {
            armed |= guard.check(now);
        }
        return armed;
    }

    private void wake() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /// Watches over one isolate. Armed and disarmed by the thread that runs the guest.
    ///
    /// ```
    ///  IDLE ──arm──► ARMED ──deadline──► FIRING ──────stop─────► FIRED
    ///    ▲             │                   ▲                       │ again at each look, in case
    ///    └───disarm────┴───────────────────┼───────────────────────┤ a service swallowed the interrupt
    ///                                      └───────────────────────┘
    /// ```
    /// `disarm` waits out FIRING, so that no interrupt of ours reaches the thread after it has left the guest. The
    /// state is kept with the count of arms in one word: a look that began in one call can never fire into the next.
    public final class Guard implements AutoCloseable {
        private static final long IDLE = 0;
        private static final long ARMED = 1;
        private static final long FIRING = 2;
        private static final long FIRED = 3;
        private static final long STATE_MASK = 3;
        private static final long NEXT_ARM = STATE_MASK + 1;
        private static final VarHandle WORD;

        static {
            try {
                WORD = MethodHandles.lookup().findVarHandle(Guard.class, "word", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private volatile long word = IDLE;
        private final ExecutionPermits.Permit permit = permits.permit(this::flagged);
        private long deadlineNanos;
        private @Nullable Thread runner;
        private volatile @Nullable Runnable sleeper;
        private volatile @Nullable LinearMemory memory;
        private volatile boolean flagged;

        private volatile boolean unwinding;

        /// Whether a service works on the guest's thread.
        private volatile boolean outside;

        /// Whether the thread was interrupted. Written while firing.
        private boolean interrupted;

        /// Whether the guest's own thread has found the deadline passed.
        private boolean overdue;

        private volatile boolean closed;

        /// Whether the isolate is to be closed, whatever its call may do until then.
        private volatile boolean cancelled;

        private Guard() {}

        /// Has compiled code that runs on this memory look for the request to stop there. Before the guest first runs.
        public void watch(LinearMemory memory) {
            this.memory = memory;
        }

        /// Has `wake` run when all guests are stopped, for a guest that is parked rather than running then.
        ///
        /// @param wake null to end that
        public void sleeper(@Nullable Runnable wake) {
            sleeper = wake;
        }

        /// Watches the calling thread until [#disarm].
        public void arm(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
            this.runner = Thread.currentThread();
            word = inState(word + NEXT_ARM, ARMED);
            if (closed) {
                guards.add(this);
            }
            wake();
        }

        /// Ends the watch. Must be called by the thread that armed the guard.
        ///
        /// @return whether the guest was stopped; an interrupt of ours is gone then
        public boolean disarm() {
            long armed = inState(word, ARMED);
            boolean fired = false;
            while (!WORD.compareAndSet(this, armed, inState(armed, IDLE))) {
                fired = WORD.compareAndSet(this, inState(armed, FIRED), inState(armed, IDLE));
                if (fired) {
                    break;
                }
                Thread.onSpinWait();
            }
            unwinding = false;
            if (flagged) {
                flagged = false;
                lower();
            }
            if (interrupted) {
                interrupted = false;
                Thread.interrupted();
            }
            boolean late = overdue;
            overdue = false;
            return fired || late;
        }

        /// Whether the guest is to stop: its deadline has passed, the host closes, somebody fired, or the embedder
        /// interrupts the thread. Called by the thread that armed the guard, on the guest's behalf.
        public boolean due(long now) {
            overdue |= closed || cancelled || stopping || now - deadlineNanos >= 0;
            return overdue || flagged || Thread.currentThread().isInterrupted();
        }

        /// Leaves a guest that is to stop alone for as long as it takes to unwind by itself: what it looks at does not
        /// say so any more until [#disarm]. Called like [#due].
        public void unwind() {
            unwinding = true;
            // The watchdog often finds the deadline passed in the same moment. What it raises from here on is not seen;
            // what it is about to raise is waited for, and taken back.
            while ((word & STATE_MASK) == FIRING) {
                Thread.onSpinWait();
            }
            lower();
        }

        /// Lets others have their turn if any wait. Called like [#due].
        ///
        /// @throws WasmInterruptedException if the guest is stopped before its next turn
        public void handOver() {
            stopIf(!permit.handOver());
        }

        private void stopIf(boolean condition) {
            if (condition) {
                throw LinearMemory.stopped();
            }
        }

        /// Waits for the guest's turn to run; once armed.
        ///
        /// @return false if the guest was stopped or the thread interrupted first
        public boolean begin() {
            return permit.acquire();
        }

        /// The guest does not run any more; before the guard is disarmed.
        public void end() {
            permit.release();
        }

        /// Has a service work on the guest's behalf while other guests run. If the guest is to stop meanwhile, the
        /// thread is interrupted.
        ///
        /// @throws WasmInterruptedException if the guest is stopped before its next turn
        public <T> T outside(Supplier<T> service) {
            permit.release();
            T result;
            outside = true;
            try {
                // After `outside` is up: whoever raises the flag later sees it, and interrupts.
                stopIf(flagged);
                result = service.get();
            } finally {
                outside = false;
            }
            stopIf(!permit.acquire());
            return result;
        }

        /// Sleeps on the guest's behalf while other guests run.
        ///
        /// @throws WasmInterruptedException if the guest is stopped before its next turn
        public void sleep(long nanos) {
            permit.release();
            long start = nanoClock.getAsLong();
            long left = nanos;
            while (left > 0) {
                stopIf(flagged || Thread.currentThread().isInterrupted());
                LockSupport.parkNanos(Watchdog.this, left);
                left = nanos - (nanoClock.getAsLong() - start);
            }
            stopIf(!permit.acquire());
        }

        /// Stops the guest that runs, and any that will, for good. May be called by any thread.
        public void cancel() {
            cancelled = true;
            // Whoever arms later sees it at the first look.
            fire(word);
            Runnable parked = sleeper;
            if (parked != null) {
                parked.run();
            }
        }

        /// Whether the guest was stopped by [#cancel].
        public boolean cancelled() {
            return cancelled;
        }

        /// Whether the guest is stopped for good rather than for its deadline.
        public boolean dismissed() {
            return cancelled || stopping;
        }

        /// Stops the guest now, if one runs. May be called by any thread that knows the isolate to be in one and the
        /// same call meanwhile.
        public void fire() {
            fire(word);
        }

        private void fire(long seen) {
            Thread target = runner;
            long state = seen & STATE_MASK;
            boolean running = state == ARMED || state == FIRED;
            if (running && target != null && WORD.compareAndSet(this, seen, inState(seen, FIRING))) {
                flag();
                if (outside) {
                    interrupted = true;
                    target.interrupt();
                } else {
                    LockSupport.unpark(target);
                }
                word = inState(seen, FIRED);
            }
        }

        private void flag() {
            flagged = true;
            LinearMemory watched = memory;
            if (watched != null && !unwinding) {
                watched.stop(true);
            }
        }

        private boolean flagged() {
            return flagged;
        }

        private void lower() {
            LinearMemory watched = memory;
            if (watched != null) {
                watched.stop(false);
            }
        }

        /// Has bulk operations, which look at their memory alone, see an interrupt of the embedder's own.
        private void passOnInterrupt(long seen) {
            Thread target = runner;
            if (target != null && target.isInterrupted() && WORD.compareAndSet(this, seen, inState(seen, FIRING))) {
                flag();
                word = seen;
            }
        }

        private boolean check(long now) {
            long seen = word;
            long state = seen & STATE_MASK;
            if (state == FIRED || (state == ARMED && (closed || cancelled || stopping || now - deadlineNanos >= 0))) {
                fire(seen);
            } else if (closed && state == IDLE) {
                close();
            } else if (state == ARMED) {
                passOnInterrupt(seen);
            }
            return state != IDLE;
        }

        private static long inState(long word, long state) {
            return (word & ~STATE_MASK) | state;
        }

        /// Ends the watch for good. A guest that runs is stopped, and watched until it has left. Idempotent.
        @Override
        public void close() {
            closed = true;
            guards.remove(this);
            // After the flag is up, whoever arms sees it; before, this sees who has armed.
            if ((word & STATE_MASK) != IDLE) {
                guards.add(this);
                Watchdog.this.wake();
            }
        }
    }
}
