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

/// Stops guests whose deadline has passed: by the flag that compiled code polls, and by interrupting the thread. One
/// platform thread looks at all
/// guards every [#POLL_NANOS] while any guest runs, and sleeps otherwise.
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

    /// Whether guests are stopped because the host closes rather than for their deadline.
    public boolean stopping() {
        return stopping;
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
    ///  IDLE ──arm──► ARMED ──deadline──► FIRING ──interrupt──► FIRED
    ///    ▲             │                   ▲                     │ again at each look, in case
    ///    └───disarm────┴───────────────────┼─────────────────────┤ a host function swallowed it
    ///                                      └─────────────────────┘
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
        private final ExecutionPermits.Permit permit = permits.permit();
        private long deadlineNanos;
        private @Nullable Thread runner;
        private volatile @Nullable Runnable sleeper;
        private volatile @Nullable LinearMemory memory;
        private volatile boolean flagged;

        /// Whether the guest's own thread has found the deadline passed.
        private boolean overdue;

        private volatile boolean closed;

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
        /// @return whether the guest was stopped; the thread's interrupt flag is then clear
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
            LinearMemory watched = memory;
            if (watched != null && flagged) {
                flagged = false;
                watched.stop(false);
            }
            if (fired) {
                Thread.interrupted();
            }
            boolean late = overdue;
            overdue = false;
            return fired || late;
        }

        /// Unwinds the guest if its deadline has passed, the host closes, or the embedder interrupts the thread; else
        /// lets others run that wait. Called by the thread that armed the guard, on the guest's behalf.
        ///
        /// @throws WasmInterruptedException to stop the guest
        public void checkpoint(long now) {
            overdue |= closed || stopping || now - deadlineNanos >= 0;
            if (overdue || Thread.currentThread().isInterrupted() || !permit.handOver()) {
                throw LinearMemory.stopped();
            }
        }

        /// Waits for the guest's turn to run; once armed.
        ///
        /// @return false if the deadline or an interrupt came first
        public boolean begin() {
            return permit.acquire();
        }

        /// The guest does not run any more; before the guard is disarmed.
        public void end() {
            permit.release();
        }

        /// Does what may take its time on the guest's behalf while others run.
        ///
        /// @throws WasmInterruptedException if the guest is stopped before its next turn
        public <T> T outside(Supplier<T> work) {
            permit.release();
            T result = work.get();
            if (!permit.acquire()) {
                throw LinearMemory.stopped();
            }
            return result;
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
                // For what does not look at the memory: the interpreter, and host functions that wait.
                target.interrupt();
                word = inState(seen, FIRED);
            }
        }

        private void flag() {
            LinearMemory watched = memory;
            if (watched != null) {
                flagged = true;
                watched.stop(true);
            }
        }

        /// Has compiled code, which looks at its memory alone, see an interrupt of the embedder's own.
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
            if (state == FIRED || (state == ARMED && (closed || stopping || now - deadlineNanos >= 0))) {
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
