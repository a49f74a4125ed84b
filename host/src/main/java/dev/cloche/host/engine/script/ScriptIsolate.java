package dev.cloche.host.engine.script;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.engine.CallMeter;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.FuelTank;
import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.GuestFaults;
import dev.cloche.host.engine.GuestInstance;
import dev.cloche.host.engine.Invocation;
import dev.cloche.host.engine.Isolate;
import dev.cloche.host.engine.IsolateCreationException;
import dev.cloche.host.engine.Snapshot;
import dev.cloche.host.engine.SnapshotRefusedException;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.MemoryAccount;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.EventSink;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.scheduler.Arrival;
import dev.cloche.host.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A live QuickJS with one extension's modules evaluated in it.
final class ScriptIsolate implements Isolate, EngineHost {
    /// How long rehearsing a call and collecting the garbage of initialisation may take, finalizers included.
    private static final Duration REHEARSAL_LIMIT = Duration.ofSeconds(2);

    private final ScriptIsolateFactory origin;
    private final ScriptCode code;
    private GuestClock clock;
    private final @Nullable Snapshot snapshot;
    private final CallMeter meter;
    private final EventLoop loop;
    private final Scheduler scheduler;
    private final Watchdog.Guard guard;
    private final HostcallChannel channel;
    private final FuelTank fuel;
    private final Registrations registrations;
    private volatile @Nullable JsRuntime runtime;
    private @Nullable Prelude prelude;
    private @Nullable HostFunctions functions;
    private @Nullable GuestInstance entered;
    private Frame frame;
    private @Nullable Reply reply;
    private boolean sound = true;

    private ScriptIsolate(ScriptIsolateFactory origin, GuestClock clock, @Nullable Snapshot snapshot, Frame frame) {
        this.origin = origin;
        this.clock = clock;
        this.snapshot = snapshot;
        this.frame = frame;
        this.code = origin.code();
        this.registrations =
                new Registrations(code.bundle().manifest().contributes().entries());
        this.meter = new CallMeter(code.limits());
        this.loop = new EventLoop(this);
        this.scheduler = loop.scheduler();
        this.guard = origin.watchdog().guard();
        this.channel = origin.port().open();
        this.fuel =
                new FuelTank(origin.clocks().nanoClock(), guard, code.limits().initialisationFuel());
        fuel.unwindsItself(HeapWatch::halfDone);
    }

    /// Boots an engine, evaluates the extension's modules in it, and sees to it that they registered what the manifest
    /// says.
    ///
    /// @throws IsolateCreationException if that fails or takes too long
    static ScriptIsolate boot(ScriptIsolateFactory origin, long deadlineNanos) {
        var isolate = new ScriptIsolate(
                origin, GuestClock.started(origin.clocks()), null, initialisation(origin, deadlineNanos));
        Reply outcome = isolate.enter(isolate.new Boot());
        if (!(outcome instanceof Reply.Ok)) {
            isolate.close();
            throw new IsolateCreationException(outcome);
        }
        return isolate;
    }

    private static Frame initialisation(ScriptIsolateFactory origin, long deadlineNanos) {
        return Frame.initialisation(
                origin.extension(), origin.clocks().nanoClock().getAsLong(), deadlineNanos);
    }

    /// Makes an isolate in the state of a snapshot. No script runs, so it is done on the calling thread.
    static ScriptIsolate stamp(ScriptIsolateFactory origin, Snapshot snapshot) {
        var clock = GuestClock.resumed(origin.clocks(), snapshot.clockNanos());
        var isolate = new ScriptIsolate(origin, clock, snapshot, initialisation(origin, Long.MAX_VALUE));
        boolean done = false;
        try {
            JsRuntime js = JsRuntime.stamp(
                    isolate,
                    origin.memories(),
                    origin.code().limits().memoryBytes(),
                    snapshot,
                    stamped -> isolate.runtime = stamped);
            isolate.functions = new HostFunctions(isolate, js);
            isolate.prelude = Prelude.restored(js, snapshot.roots());
            isolate.registrations.close();
            done = true;
            return isolate;
        } catch (RuntimeException e) {
            throw new IsolateCreationException(GuestFaults.replyFor(e, ""));
        } finally {
            if (!done) {
                isolate.close();
            }
        }
    }

    /// Takes a snapshot of an isolate that has not been called yet.
    Snapshot capture(long deadlineNanos) throws SnapshotRefusedException {
        long now = origin.clocks().nanoClock().getAsLong();
        // The guest's finalizers may run: what they do must not cost the extension its time to start.
        frame = initialisation(origin, now + Math.min(deadlineNanos - now, REHEARSAL_LIMIT.toNanos()));
        reply = null;
        if (!(enter(new Tidying()) instanceof Reply.Ok)) {
            throw new SnapshotRefusedException("a call could not be rehearsed");
        }
        Optional<String> frozen = functions().frozenInputs();
        if (frozen.isPresent()) {
            throw new SnapshotRefusedException(frozen.get());
        }
        return js().guest().capture().with(clock.monotonicNanos(), prelude().roots());
    }

    @Override
    public boolean reset() {
        if (snapshot == null || !sound) {
            return false;
        }
        js().guest().reset(snapshot);
        functions().forgetRejections();
        functions().endCall();
        return true;
    }

    @Override
    public Reply run(Invocation invocation) {
        frame = invocation.frame();
        meter.reset();
        fuel.fill(invocation.fuel());
        reply = null;
        return enter(new Dispatch(invocation));
    }

    /// @return false if the isolate is closed
    boolean enterMemory() {
        JsRuntime js = runtime;
        entered = js == null ? null : js.guest();
        return entered == null || entered.enter();
    }

    void exitMemory() {
        if (entered != null) {
            entered.exit();
        }
    }

    private Reply enter(ScriptRun.Work work) {
        ScriptRun run = new ScriptRun(this, work, frame);
        Reply end = loop.run(run);
        JsRuntime js = runtime;
        if (js != null) {
            js.guest().account().dropAll();
        }
        sound &= !run.faulted();
        return end;
    }

    // ---- What a run does, on a guest thread ----------------------------------------------------------------------

    private abstract class Pumped implements ScriptRun.Work {
        /// The end of the run, if it has come.
        abstract @Nullable Reply ended();

        /// What to answer when nothing can bring the end about any more.
        abstract Reply neverSettles();

        /// One macrotask at a time, then all microtasks, until the end or until there is nothing to do.
        @Override
        public @Nullable Reply pump() {
            while (true) {
                js().guest().account().check();
                loop.drainMicrotasks();
                Reply end = ended();
                if (end != null) {
                    settled();
                    return end;
                }
                if (!loop.turn()) {
                    return scheduler.hasWork() ? null : neverSettled();
                }
            }
        }

        @Override
        public Reply faultReply(Throwable fault, String stack) {
            if (fault instanceof ScriptException thrown) {
                GuestErrorText error = GuestErrorText.of(thrown);
                return error.isOutOfMemory()
                        ? outOfMemory()
                        : new Reply.Trapped(
                                TrapKind.ENGINE,
                                GuestFaults.bounded(thrown.name() + ": " + thrown.text()),
                                stackOf(error));
            }
            return GuestFaults.replyFor(fault, stack);
        }

        private Reply neverSettled() {
            Reply end = neverSettles();
            settled();
            return end;
        }

        /// Called once the end has come.
        void settled() {
            endCall();
        }
    }

    private final class Boot extends Pumped {
        private int promise;
        private @Nullable Reply failure;

        @Override
        public void start() {
            JsRuntime js = engine();
            String entry = code.bundle().manifest().entry();
            try {
                promise = js.eval(code.bundle().code().unsafeBytes(), entry, JsRuntime.EVAL_MODULE);
            } catch (ScriptException e) {
                failure = failed(GuestErrorText.of(e));
            }
        }

        /// An engine that was booted ahead, or else one that is booted now.
        private JsRuntime engine() {
            long memoryBytes = code.limits().memoryBytes();
            BootedEngine spare = origin.spares().take(memoryBytes).orElse(null);
            JsRuntime js = spare != null
                    ? spare.js()
                    : JsRuntime.boot(ScriptIsolate.this, origin.memories(), memoryBytes, booting -> runtime = booting);
            runtime = js;
            functions = new HostFunctions(ScriptIsolate.this, js);
            if (spare == null) {
                prelude = Prelude.install(js);
            } else {
                clock = spare.clock();
                prelude = spare.prelude();
                spare.handOver(ScriptIsolate.this);
            }
            return js;
        }

        @Override
        @Nullable
        Reply ended() {
            if (failure != null) {
                return failure;
            }
            JsRuntime js = js();
            int state = js.promiseState(promise);
            if (state == JsRuntime.PROMISE_PENDING) {
                return null;
            }
            int result = js.promiseResult(promise);
            js.free(promise);
            if (state != JsRuntime.PROMISE_FULFILLED) {
                functions().forgetRejections();
                return failed(prelude().describe(result));
            }
            js.free(result);
            registrations.close();
            return missingRegistrations();
        }

        private Reply failed(GuestErrorText error) {
            if (error.isOutOfMemory()) {
                return outOfMemory();
            }
            return initialisationFailed(error.code() + ": " + GuestFaults.bounded(error.message()), stackOf(error));
        }

        private Reply missingRegistrations() {
            List<Entry> missing = registrations.missing();
            if (missing.isEmpty()) {
                return new Reply.Ok(Payload.EMPTY);
            }
            Entry first = missing.getFirst();
            return initialisationFailed(
                    "the manifest contributes " + missing + ", which the script did not register; call cloche."
                            + first.kind().label() + "('" + first.name() + "', handler) or take it out of the manifest",
                    "");
        }

        @Override
        Reply neverSettles() {
            return initialisationFailed("the script awaits something at its top level that never comes", "");
        }
    }

    /// Brings the guest into the state in which it is snapshotted: a call has been rehearsed, no garbage is left.
    private final class Tidying extends Pumped {
        @Override
        public void start() {
            prelude().rehearse();
        }

        @Override
        @Nullable
        Reply ended() {
            return reply;
        }

        @Override
        Reply neverSettles() {
            return initialisationFailed("the rehearsal of a call was not answered", "");
        }

        @Override
        void settled() {
            super.settled();
            js().collectGarbage();
            if (js().microtaskPending()) {
                // Finalizers: in the snapshot, they would run in the first call of each isolate.
                loop.drainMicrotasks();
                super.settled();
            }
        }
    }

    private static Reply initialisationFailed(String message, String stack) {
        return new Reply.Trapped(TrapKind.INITIALISATION, message, stack);
    }

    private final class Dispatch extends Pumped {
        private final Invocation invocation;

        Dispatch(Invocation invocation) {
            this.invocation = invocation;
        }

        @Override
        public void start() {
            long left = frame.deadlineNanos() - origin.clocks().nanoClock().getAsLong();
            prelude()
                    .dispatch(
                            frame,
                            invocation.payload(),
                            invocation.frame().entry().kind() == EntryKind.COMMAND,
                            TimeUnit.NANOSECONDS.toMillis(left));
        }

        @Override
        @Nullable
        Reply ended() {
            return reply;
        }

        @Override
        Reply neverSettles() {
            return new Reply.GuestError(
                    "NeverSettles",
                    "the handler of " + frame.entry() + " returned a promise that nothing can settle any more",
                    "");
        }
    }

    private void endCall() {
        functions().reportRejections();
        scheduler.clear();
        functions().endCall();
        prelude().endCall();
    }

    // ---- What host functions need --------------------------------------------------------------------------------

    Registrations registrations() {
        return registrations;
    }

    void answer(boolean ok, byte[] data) {
        if (reply != null) {
            return;
        }
        meter.checkOutput(data.length);
        js().guest().account().hold(data.length);
        if (ok) {
            reply = new Reply.Ok(Payload.wrap(data));
            return;
        }
        GuestErrorText error = GuestErrorText.parse(data);
        if (error.isOutOfMemory()) {
            sound = false;
            reply = outOfMemory();
        } else {
            reply = new Reply.GuestError(error.code(), GuestFaults.bounded(error.message()), stackOf(error));
        }
    }

    private String stackOf(GuestErrorText error) {
        return code.mapStack(GuestFaults.bounded(error.stack()));
    }

    private Reply outOfMemory() {
        return GuestFaults.replyFor(
                new BudgetExhaustedException(Budget.MEMORY, code.limits().memoryBytes()), "");
    }

    HostcallChannel channel() {
        return channel;
    }

    /// Has the host work on this thread while other guests run.
    <T> T outside(Supplier<T> service) {
        T result = guard.outside(service);
        fuel.resume();
        return result;
    }

    /// Brings an outcome of a hostcall, which is delivered when the run is next stepped. Any thread may call this.
    ///
    /// @return what became of it; a stream that there is no room for ends with an error
    Arrival completed(long hostcall, Outcome outcome) {
        return loop.complete(hostcall, outcome);
    }

    /// Where events for the call under way come in. On the thread that steps the isolate.
    EventSink events() {
        return loop.events();
    }

    @Override
    public @Nullable RuntimeException stop() {
        return fuel.stop();
    }

    @Override
    public void thrown(ScriptException thrown) {
        RuntimeException reason = fuel.stop();
        if (reason != null) {
            throw new StoppedScriptException(reason, thrown.guestStack());
        }
    }

    /// Where the script was that was stopped; empty if that cannot be told. On the guest's thread, in its turn.
    String whereabouts(RuntimeException fault) {
        return new Whereabouts(code, fuel).of(fault, prelude == null ? null : runtime);
    }

    ScriptIsolateFactory origin() {
        return origin;
    }

    ScriptCode code() {
        return code;
    }

    CallMeter meter() {
        return meter;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    FuelTank fuel() {
        return fuel;
    }

    Watchdog.Guard guard() {
        return guard;
    }

    Frame frame() {
        return frame;
    }

    @Override
    public void born(LinearMemory memory) {
        guard.watch(memory);
        fuel.feed(memory);
    }

    @Override
    public HostFunctions functions() {
        return Objects.requireNonNull(functions, "isolate is not booted");
    }

    @Override
    public EngineClocks clocks() {
        return origin.clocks();
    }

    @Override
    public GuestClock clock() {
        return clock;
    }

    @Override
    public Optional<byte[]> source(String path) {
        return code.source(path);
    }

    @Override
    public void importing(String specifier) {}

    @Override
    public JsRuntime js() {
        return Objects.requireNonNull(runtime, "isolate is not booted");
    }

    /// What the isolate holds; null while it has no engine.
    @Nullable
    MemoryAccount account() {
        JsRuntime js = runtime;
        return js == null ? null : js.guest().account();
    }

    Prelude prelude() {
        return Objects.requireNonNull(prelude, "isolate is not booted");
    }

    @Override
    public long fuelUsed() {
        return fuel.used();
    }

    @Override
    public OptionalLong traceHash() {
        return OptionalLong.of(scheduler.traceHash());
    }

    @Override
    public boolean sound() {
        return sound;
    }

    @Override
    public long memoryBytes() {
        JsRuntime js = runtime;
        return js == null ? 0 : js.guest().account().used();
    }

    @Override
    public long memoryBytesMax() {
        return code.limits().memoryBytes();
    }

    @Override
    public void cancel() {
        guard.cancel();
    }

    @Override
    public void close() {
        guard.close();
        JsRuntime js = runtime;
        if (js != null) {
            js.guest().close();
        }
        channel.close();
        runtime = null;
        prelude = null;
        functions = null;
        sound = false;
    }
}
