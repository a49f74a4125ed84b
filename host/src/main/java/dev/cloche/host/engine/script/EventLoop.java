package dev.cloche.host.engine.script;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.engine.memory.MemoryAccount;
import dev.cloche.host.hostcall.EventSink;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.Arrival;
import dev.cloche.host.scheduler.HeldBytes;
import dev.cloche.host.scheduler.InboundEvent;
import dev.cloche.host.scheduler.Macrotask;
import dev.cloche.host.scheduler.Scheduler;
import dev.cloche.host.scheduler.SchedulerClock;
import dev.cloche.host.scheduler.SchedulerLimits;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The turns of a script: a macrotask, then all microtasks. What is ready, and in which order, the [Scheduler] knows.
///
/// Confined to the thread that steps the isolate, but for [#run], [#complete] and what [#events] answers.
final class EventLoop {
    private final ScriptIsolate isolate;
    private final ScriptCode code;
    private final Scheduler scheduler;

    /// What is woken when something arrives; null between runs.
    private volatile @Nullable ScriptRun running;

    /// Null until the call under way asks for events.
    private volatile @Nullable CallEvents events;

    EventLoop(ScriptIsolate isolate) {
        this.isolate = isolate;
        this.code = isolate.code();
        this.scheduler = new Scheduler(
                SchedulerClock.of(isolate.clocks().nanoClock()),
                SchedulerLimits.DEFAULT.withTimers(code.limits().timers()),
                new Held());
    }

    /// What has arrived for a script is held on its isolate's account until it is delivered.
    private final class Held implements HeldBytes {
        @Override
        public void hold(long bytes) {
            MemoryAccount account = isolate.account();
            if (account != null) {
                account.add(bytes);
            }
        }

        @Override
        public void drop(long bytes) {
            MemoryAccount account = isolate.account();
            if (account != null) {
                account.drop(bytes);
            }
        }
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /// Where events for the call under way come in. On the thread that steps the isolate.
    EventSink events() {
        CallEvents open = events;
        if (open == null) {
            open = new CallEvents(scheduler.call());
            events = open;
        }
        return open;
    }

    private final class CallEvents implements EventSink {
        private final long call;

        /// Added to by the thread that steps the isolate, run by the one that ends the run.
        private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();

        CallEvents(long call) {
            this.call = call;
        }

        @Override
        public Delivery deliver(String topic, String source, Payload data) {
            return switch (awake(scheduler.deliver(call, new InboundEvent(topic, source, data)))) {
                case TAKEN -> Delivery.TAKEN;
                case FULL -> Delivery.FULL;
                case LATE -> Delivery.ENDED;
            };
        }

        @Override
        public void listen(Runnable end) {
            ends.add(end);
            scheduler.listen();
        }

        void end() {
            ends.forEach(Runnable::run);
        }
    }

    /// Has a run go its way, on guest threads, and waits for its end: a call of the [Scheduler]. On the caller's
    /// thread.
    Reply run(ScriptRun run) {
        scheduler.begin();
        running = run;
        Reply end = run.await();
        running = null;
        // A run that was stopped has not done so itself.
        scheduler.clear();
        CallEvents open = events;
        events = null;
        if (open != null) {
            open.end();
        }
        return end;
    }

    /// Brings an outcome of a hostcall; a stream that there is no room for ends with an error. Any thread may call
    /// this.
    Arrival complete(long hostcall, Outcome outcome) {
        Arrival arrival = scheduler.complete(hostcall, outcome);
        if (arrival == Arrival.FULL) {
            scheduler.complete(hostcall, tooManyChunks());
        }
        return awake(arrival);
    }

    private Arrival awake(Arrival arrival) {
        ScriptRun run = running;
        if (run != null) {
            run.wake();
        }
        return arrival;
    }

    private static Outcome tooManyChunks() {
        return new Outcome.Failed(
                Outcome.FailedCode.INTERNAL,
                "more chunks came than there is room for, chunks=" + SchedulerLimits.DEFAULT_CHUNKS + " bytes="
                        + SchedulerLimits.DEFAULT_CHUNK_BYTES,
                false);
    }

    /// Runs microtasks until there are none: I2 of the [Scheduler].
    ///
    /// @throws BudgetExhaustedException if they do not end within the limit
    void drainMicrotasks() {
        JsRuntime js = isolate.js();
        long budget = code.limits().microtasks();
        for (long done = 0; js.microtaskPending(); done++) {
            if (done >= budget) {
                throw new BudgetExhaustedException(Budget.MICROTASKS, budget);
            }
            try {
                js.runMicrotask();
            } catch (ScriptException e) {
                uncaught(e);
            }
        }
    }

    /// Runs the next macrotask: I1 of the [Scheduler].
    ///
    /// @return false if none is ready
    boolean turn() {
        Macrotask task = scheduler.next();
        if (task == null) {
            return false;
        }
        try {
            perform(task);
        } catch (ScriptException e) {
            uncaught(e);
        }
        return true;
    }

    private void perform(Macrotask task) {
        Prelude prelude = isolate.prelude();
        switch (task) {
            case Macrotask.TimerFired fired -> prelude.fire(scheduler.number(fired.timer()));
            case Macrotask.HostcallCompleted completed -> {
                isolate.fuel().chargeBytes(completed.outcome().size());
                boolean binary = isolate.functions().hostcalls().answered(completed);
                prelude.complete(scheduler.number(completed.hostcall()), completed, binary);
            }
            case Macrotask.EventArrived arrived -> {
                isolate.fuel().chargeBytes(arrived.event().payload().size());
                prelude.event(arrived.event());
            }
        }
    }

    private void uncaught(ScriptException thrown) {
        String stack = code.mapStack(thrown.guestStack());
        isolate.functions().print("error", "uncaught " + thrown.name() + ": " + thrown.text() + "\n" + stack);
    }
}
