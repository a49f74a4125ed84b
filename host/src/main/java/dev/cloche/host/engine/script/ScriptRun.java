package dev.cloche.host.engine.script;

import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.GuestFaults;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.scheduler.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One stay of a script in its isolate, from entry to reply. It is stepped on guest threads: while the script waits for
/// a timer or a hostcall, the run is parked and holds no thread.
///
/// ```
///            submit                      nothing ready
///   PARKED ─────────► SCHEDULED ─ step ─────────────────► PARKED
///     ▲                  │  ▲                               │
///     │             wake │  │ step again                    │ wake: completion, timer, deadline
///     └──────────────  AGAIN ◄──────────────────────────────┘
/// ```
final class ScriptRun implements Runnable {
    /// What a run does inside the isolate.
    interface Work {
        /// Enters the guest.
        void start();

        /// Runs what is ready.
        ///
        /// @return the end of the run, or null if the guest waits for something
        @Nullable
        Reply pump();

        /// What the call is answered when this unwound the guest.
        ///
        /// @param stack where the guest was, or empty
        Reply faultReply(Throwable fault, String stack);
    }

    /// How often one looks, some 20 microseconds.
    private static final int LOOKS = 1_000;

    private static final boolean SPINS = Runtime.getRuntime().availableProcessors() > 1;

    private static final int PARKED = 0;
    private static final int SCHEDULED = 1;
    private static final int AGAIN = 2;

    /// Who came first: a guest thread that begins the run, or the caller who gives it up unbegun.
    private static final int NOBODY = 0;

    private static final int GUEST_THREAD = 1;
    private static final int CALLER = 2;

    private final ScriptIsolate isolate;
    private final ScriptIsolateFactory host;
    private final Scheduler scheduler;
    private final Watchdog.Guard guard;
    private final Work work;
    private final long deadlineNanos;
    private final long timeoutNanos;
    private final CompletableFuture<Reply> done = new CompletableFuture<>();
    private final AtomicInteger state = new AtomicInteger(PARKED);
    private final AtomicInteger entered = new AtomicInteger(NOBODY);
    private volatile boolean cancelled;
    private @Nullable Future<?> wakeup;
    private boolean claimed;
    private boolean started;
    private volatile boolean faulted;

    ScriptRun(ScriptIsolate isolate, Work work, Frame frame) {
        this.isolate = isolate;
        this.host = isolate.origin();
        this.scheduler = isolate.scheduler();
        this.guard = isolate.guard();
        this.work = work;
        this.deadlineNanos = frame.deadlineNanos();
        this.timeoutNanos = frame.timeoutNanos();
    }

    /// Whether the engine stopped the guest, so that its isolate must not be used again.
    boolean faulted() {
        return faulted;
    }

    /// Has the run stepped soon. Any thread may call this.
    void wake() {
        int seen = state.getAndUpdate(s -> s == PARKED ? SCHEDULED : AGAIN);
        if (seen == PARKED) {
            try {
                host.threads().execute(this);
            } catch (RejectedExecutionException e) {
                giveUp();
            }
        }
    }

    /// The host has closed its threads under the run.
    private void giveUp() {
        faulted = true;
        finish(new Reply.Rejected(Reply.RejectReason.DRAINING, "the host closed while the guest waited"));
    }

    /// Starts the run and waits for its end. Interrupting the caller cancels it; the flag is up again afterwards.
    Reply await() {
        guard.sleeper(this::wake);
        wake();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return done.get(untilDeadline(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel();
                } catch (TimeoutException e) {
                    if (abandon()) {
                        return GuestFaults.timedOut(timeoutNanos);
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a script run must not fail", e.getCause());
                }
            }
        } finally {
            guard.sleeper(null);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Past the deadline there is nothing to look for but the end, which the watchdog brings about.
    private long untilDeadline() {
        long left = deadlineNanos - host.clocks().nanoClock().getAsLong();
        return left > 0 ? left : TimeUnit.SECONDS.toNanos(1);
    }

    /// Takes back a run that no thread has begun yet.
    private boolean abandon() {
        return entered.compareAndSet(NOBODY, CALLER) && done.complete(GuestFaults.timedOut(timeoutNanos));
    }

    private void cancel() {
        cancelled = true;
        guard.fire();
        wake();
    }

    @Override
    public void run() {
        try {
            stepUntilParked();
        } catch (RejectedExecutionException e) {
            giveUp();
        } catch (RuntimeException | Error e) {
            faulted = true;
            finish(GuestFaults.replyFor(e, ""));
        }
    }

    private void stepUntilParked() {
        do {
            state.set(SCHEDULED);
            // Before anything of the isolate is touched: a run given up unbegun may find it in another call.
            if (done.isDone() || !claimed()) {
                return;
            }
            Reply end = step();
            if (end != null) {
                finish(end);
                return;
            }
            if (!wokenSoon()) {
                scheduleWakeup();
            }
        } while (!state.compareAndSet(SCHEDULED, PARKED));
    }

    /// Looks out for the answer of a hostcall for a moment, with nothing of the isolate in hand: to go away and come
    /// back takes longer than most of them.
    private boolean wokenSoon() {
        int looks = SPINS && scheduler.awaitsHostcalls() ? LOOKS : 0;
        while (looks > 0 && state.get() == SCHEDULED) {
            Thread.onSpinWait();
            looks--;
        }
        return looks > 0;
    }

    private boolean claimed() {
        if (!claimed) {
            claimed = entered.compareAndSet(NOBODY, GUEST_THREAD);
        }
        return claimed;
    }

    private void finish(Reply end) {
        cancelWakeup();
        done.complete(end);
    }

    private @Nullable Reply step() {
        if (!isolate.enterMemory()) {
            faulted = true;
            return new Reply.Unavailable(Reply.UnavailableReason.CLOSED, "the isolate is closed");
        }
        try {
            return stepInside();
        } finally {
            isolate.exitMemory();
        }
    }

    private @Nullable Reply stepInside() {
        Reply end = null;
        Throwable fault = null;
        String stack = "";
        guard.arm(deadlineNanos);
        boolean begun = guard.begin();
        try {
            if (begun) {
                isolate.fuel().resume();
                end = advance();
                // A script that was to stop and came to its end while it unwound has not been in time.
                fault = isolate.stop();
            }
        } catch (RuntimeException e) {
            fault = e instanceof StoppedScriptException stopped ? stopped.reason() : e;
            stack = isolate.whereabouts(e);
        } catch (Error e) {
            fault = e;
        } finally {
            guard.end();
        }
        boolean stopped = guard.disarm() || (end == null && guard.dismissed());
        boolean late = end == null && deadlineNanos - host.clocks().nanoClock().getAsLong() <= 0;
        if (begun && fault == null && !stopped && !late && !cancelled) {
            return end;
        }
        // A guest whose first turn did not come is as it was.
        faulted = started;
        if (cancelled) {
            return interrupted();
        }
        return stopped || late || fault == null
                ? GuestFaults.stopped(guard, timeoutNanos, stack)
                : work.faultReply(fault, stack);
    }

    private @Nullable Reply advance() {
        if (cancelled) {
            return interrupted();
        }
        if (!started) {
            started = true;
            work.start();
        }
        return work.pump();
    }

    private static Reply interrupted() {
        return new Reply.Trapped(TrapKind.INTERRUPTED, "the calling thread was interrupted", "");
    }

    private void scheduleWakeup() {
        cancelWakeup();
        long untilDeadline = deadlineNanos - host.clocks().nanoClock().getAsLong();
        long delay = Math.max(0, Math.min(untilDeadline, scheduler.nanosToNextTimer()));
        wakeup = host.wakeups().after(delay, this::wake);
    }

    private void cancelWakeup() {
        if (wakeup != null) {
            wakeup.cancel(false);
        }
    }
}
