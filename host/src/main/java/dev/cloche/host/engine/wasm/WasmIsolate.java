package dev.cloche.host.engine.wasm;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.engine.CallMeter;
import dev.cloche.host.engine.FuelTank;
import dev.cloche.host.engine.GuestClock;
import dev.cloche.host.engine.GuestFaultException;
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
import dev.cloche.host.hostcall.OpRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.types.Import;
import run.endive.wasm.types.ImportSection;

/// A live instance of a WebAssembly module. A call runs on the thread that makes it.
final class WasmIsolate implements Isolate {
    private static final long[] NO_RESULT = {};

    private final WasmCode code;
    private final WasmIsolateFactory origin;
    private final GuestClock clock;
    private final @Nullable Snapshot snapshot;
    private final WasiInputs inputs = new WasiInputs();
    private final CallMeter meter;
    private final Watchdog.Guard guard;
    private final FuelTank fuel;
    private final WasmHostcalls hostcalls;
    private final GuestOutput stdout = new GuestOutput(line -> log("info", line));
    private final GuestOutput stderr = new GuestOutput(line -> log("warn", line));

    private @Nullable GuestInstance guest;
    private @Nullable ExportFunction alloc;
    private @Nullable ExportFunction handle;
    private Frame frame;
    private @Nullable Payload reply;
    private boolean inCall;

    /// Whether the guest has its turn, or had and waits for the next.
    private boolean running;

    private boolean sound = true;

    private WasmIsolate(WasmIsolateFactory origin, GuestClock clock, @Nullable Snapshot snapshot, long deadlineNanos) {
        this.origin = origin;
        this.code = origin.code();
        this.clock = clock;
        this.snapshot = snapshot;
        this.meter = new CallMeter(code.limits());
        this.guard = origin.watchdog().guard();
        this.fuel =
                new FuelTank(origin.clocks().nanoClock(), guard, code.limits().initialisationFuel());
        this.hostcalls = new WasmHostcalls(origin.port(), meter, fuel, guard, inputs);
        this.frame = Frame.initialisation(
                origin.extension(), origin.clocks().nanoClock().getAsLong(), deadlineNanos);
    }

    /// Instantiates the module and runs its initialisation.
    ///
    /// @throws IsolateCreationException if that fails or takes too long
    static WasmIsolate boot(WasmIsolateFactory origin, long deadlineNanos) {
        var isolate = new WasmIsolate(origin, GuestClock.started(origin.clocks()), null, deadlineNanos);
        return made(isolate, isolate.guarded(isolate::initialise));
    }

    /// Makes an isolate in the state of a snapshot, and tells the guest so where it wants to know.
    ///
    /// @throws IsolateCreationException if that fails or takes too long
    static WasmIsolate stamp(WasmIsolateFactory origin, Snapshot snapshot, long deadlineNanos) {
        var clock = GuestClock.resumed(origin.clocks(), snapshot.clockNanos());
        var isolate = new WasmIsolate(origin, clock, snapshot, deadlineNanos);
        return made(isolate, isolate.guarded(() -> isolate.restore(snapshot)));
    }

    private static WasmIsolate made(WasmIsolate isolate, @Nullable Reply failure) {
        if (failure != null) {
            isolate.close();
            throw new IsolateCreationException(asInitialisation(failure));
        }
        return isolate;
    }

    private static Reply asInitialisation(Reply failure) {
        return failure instanceof Reply.Trapped trapped && trapped.kind() != TrapKind.INTERRUPTED
                ? new Reply.Trapped(
                        TrapKind.INITIALISATION,
                        "initialisation trapped (" + trapped.kind().label() + "): " + trapped.message(),
                        trapped.stack())
                : failure;
    }

    private @Nullable Reply initialise() {
        take(GuestInstance.create(code.compiled(), ground()));
        applyIfExported(ClocheAbi.WASI_INITIALIZE);
        applyIfExported(ClocheAbi.INIT);
        endOutput();
        return null;
    }

    private @Nullable Reply restore(Snapshot taken) {
        take(GuestInstance.stamp(code.compiled(), taken, ground()));
        applyIfExported(ClocheAbi.STAMPED);
        endOutput();
        return null;
    }

    private GuestInstance.Ground ground() {
        return new GuestInstance.Ground(origin.memories(), code.limits().memoryBytes(), imports(), this::born);
    }

    private void born(LinearMemory memory) {
        guard.watch(memory);
        fuel.feed(memory);
    }

    private void sleep(long nanos) {
        guard.sleep(nanos);
        fuel.resume();
    }

    private void take(GuestInstance made) {
        guest = made;
        alloc = made.instance().export(ClocheAbi.ALLOC);
        handle = made.instance().export(ClocheAbi.HANDLE);
    }

    private void applyIfExported(String function) {
        if (code.exportsFunction(function)) {
            required(guest).instance().export(function).apply();
        }
    }

    /// Takes a snapshot of an isolate that has not been called yet.
    Snapshot capture() throws SnapshotRefusedException {
        if (inputs.madeHostcalls()) {
            throw new SnapshotRefusedException(
                    "its initialisation made hostcalls, whose outcomes would be frozen in the"
                            + " snapshot; make them when the first call comes");
        }
        if (inputs.movedStreams()) {
            throw new SnapshotRefusedException(
                    "its initialisation closed or renumbered a standard stream, which a snapshot does not hold");
        }
        if (inputs.drawn() && !code.exportsFunction(ClocheAbi.STAMPED)) {
            throw new SnapshotRefusedException("its initialisation read " + inputs
                    + ", which would be the same in all isolates made from the snapshot; export "
                    + ClocheAbi.STAMPED + " and draw them anew there");
        }
        return required(guest).capture().with(clock.monotonicNanos());
    }

    private ImportValues imports() {
        Set<String> wanted = new HashSet<>();
        Set<String> ops = new LinkedHashSet<>();
        boolean wasi = false;
        ImportSection section = code.module().importSection();
        for (int i = 0; i < section.importCount(); i++) {
            Import wish = section.getImport(i);
            wanted.add(key(wish.module(), wish.name()));
            if (wish.module().equals(ClocheAbi.OP_MODULE)) {
                ops.add(wish.name());
            }
            wasi |= wish.module().equals(ClocheAbi.WASI_MODULE);
        }
        // Dozens of functions, which a guest that needs none of them is not kept waiting for.
        List<HostFunction> offered = wasi ? new ArrayList<>(wasi()) : new ArrayList<>();
        offered.add(function(ClocheAbi.REPLY, (memory, args) -> acceptReply(memory, (int) args[0], (int) args[1])));
        offered.add(function(ClocheAbi.CALL, (memory, args) -> new long[] {hostcalls.call(frame, memory, args)}));
        offered.add(function(ClocheAbi.READ, (memory, args) -> {
            hostcalls.read(memory, (int) args[0]);
            return NO_RESULT;
        }));
        ops.forEach(op -> offered.add(operation(hostcalls.resolve(op))));
        ImportValues.Builder values = ImportValues.builder();
        for (HostFunction function : offered) {
            if (wanted.contains(key(function.module(), function.name()))) {
                values.addFunction(stoppable(function));
            }
        }
        return values.build();
    }

    private List<HostFunction> wasi() {
        return new WasiImports(new WasiImports.World(origin.clocks(), clock, inputs, meter, fuel, this::sleep))
                .functions(stdout, stderr);
    }

    /// A guest can spend more time in host functions than its fuel tells, so they look too.
    private static HostFunction stoppable(HostFunction function) {
        WasmFunctionHandle body = function.handle();
        return new HostFunction(function.module(), function.name(), function.functionType(), (instance, args) -> {
            LinearMemory memory = (LinearMemory) instance.memory();
            long[] results;
            try {
                results = body.apply(instance, args);
            } finally {
                memory.account().dropCopies();
            }
            LinearMemory.poll(memory);
            return results;
        });
    }

    private static String key(String module, String name) {
        return module + "." + name;
    }

    private interface GuestCall {
        long[] apply(Memory memory, long[] args);
    }

    private static HostFunction function(String name, GuestCall body) {
        return new HostFunction(
                ClocheAbi.IMPORT_MODULE,
                name,
                java.util.Objects.requireNonNull(ClocheAbi.IMPORTS.get(name)),
                (instance, args) -> body.apply(instance.memory(), args));
    }

    private HostFunction operation(OpRef op) {
        return new HostFunction(ClocheAbi.OP_MODULE, op.name(), ClocheAbi.OPERATION, (instance, args) ->
                new long[] {hostcalls.call(frame, op, instance.memory(), args)});
    }

    @Override
    public Reply run(Invocation invocation) {
        Frame entered = invocation.frame();
        frame = entered;
        meter.reset();
        fuel.fill(invocation.fuel());
        reply = null;
        hostcalls.clear();
        inCall = true;
        Reply result = guarded(() -> handle(entered, invocation.payload()));
        inCall = false;
        holdNothing();
        return result == null ? new Reply.Trapped(TrapKind.ENGINE, "the guest ended without a reply", "") : result;
    }

    /// What the host has held on the guest's behalf is the caller's now, or nobody's.
    private void holdNothing() {
        hostcalls.clear();
        GuestInstance made = guest;
        if (made != null) {
            made.account().dropAll();
        }
    }

    private Reply handle(Frame entered, Payload payload) {
        byte[] name = code.nameOf(entered.entry());
        int namePointer = place(name, "the block for the entry's name");
        int payloadPointer = place(payload.unsafeBytes(), "the block for the payload");
        long status = required(handle).apply(namePointer, name.length, payloadPointer, payload.size())[0];
        endOutput();
        Payload answered = reply == null ? Payload.EMPTY : reply;
        return switch ((int) status) {
            case ClocheAbi.STATUS_OK -> new Reply.Ok(answered);
            case ClocheAbi.STATUS_ERROR -> new Reply.GuestError("error", GuestFaults.bounded(answered.text()), "");
            default ->
                throw new GuestFaultException(TrapKind.ABI, "cloche_handle must answer 0 or 1, status=" + (int) status);
        };
    }

    private int place(byte[] bytes, String what) {
        if (bytes.length == 0) {
            return 0;
        }
        int pointer = (int) required(alloc).apply(bytes.length)[0];
        GuestMemory.write(required(guest).memory(), pointer, bytes, what);
        return pointer;
    }

    private static <T> T required(@Nullable T initialised) {
        return java.util.Objects.requireNonNull(initialised, "isolate is not initialised");
    }

    private interface GuestWork {
        @Nullable
        Reply run();
    }

    /// Runs guest code under the watchdog; whatever unwinds it becomes a reply and retires the isolate.
    private @Nullable Reply guarded(GuestWork work) {
        Reply result;
        Throwable fault = null;
        GuestInstance inside = guest;
        if (inside != null && !inside.enter()) {
            return new Reply.Unavailable(Reply.UnavailableReason.CLOSED, "the isolate is closed");
        }
        guard.arm(frame.deadlineNanos());
        boolean begun = guard.begin();
        running = begun;
        try {
            result = begun ? work.run() : null;
        } catch (RuntimeException | Error e) {
            result = null;
            fault = e;
        } finally {
            running = false;
            guard.end();
        }
        boolean stopped = guard.disarm();
        try {
            if (!begun) {
                return neverBegun(stopped);
            }
            return fault == null && !stopped ? result : faulted(fault, stopped);
        } finally {
            if (inside != null) {
                inside.exit();
            }
        }
    }

    /// The guest's turn did not come in time; it is as it was.
    private Reply neverBegun(boolean stopped) {
        return stopped
                ? GuestFaults.stopped(guard, frame.timeoutNanos(), "")
                : GuestFaults.replyFor(LinearMemory.stopped(), "");
    }

    private Reply faulted(@Nullable Throwable fault, boolean stopped) {
        sound = false;
        flushOutput();
        String stack = fault == null ? "" : GuestStack.of(fault, code);
        return stopped || fault == null
                ? GuestFaults.stopped(guard, frame.timeoutNanos(), stack)
                : GuestFaults.replyFor(fault, stack);
    }

    /// What stands in an unfinished line is often what explains a fault.
    private void flushOutput() {
        try {
            endOutput();
        } catch (BudgetExhaustedException e) {
            // The fault that is being answered came first.
        }
    }

    private long[] acceptReply(Memory memory, int pointer, int length) {
        if (!inCall || reply != null) {
            throw new GuestFaultException(
                    TrapKind.ABI, inCall ? "the guest replied twice" : "the guest replied outside a call");
        }
        meter.checkOutput(Integer.toUnsignedLong(length));
        GuestMemory.check(memory, pointer, length, "the reply");
        account(memory).hold(Integer.toUnsignedLong(length));
        reply = Payload.wrap(GuestMemory.read(memory, pointer, length, "the reply"));
        fuel.chargeBytes(reply.size());
        return NO_RESULT;
    }

    private static MemoryAccount account(Memory memory) {
        return ((LinearMemory) memory).account();
    }

    private void log(String level, String line) {
        hostcalls.log(frame, level, line, running);
    }

    private void endOutput() {
        stdout.endCall();
        stderr.endCall();
    }

    @Override
    public boolean reset() {
        if (snapshot == null || !sound || inputs.movedStreams()) {
            return false;
        }
        required(guest).reset(snapshot);
        reply = null;
        hostcalls.clear();
        return !code.exportsFunction(ClocheAbi.STAMPED) || toldStamped();
    }

    /// The guest draws anew what would otherwise be the same after each reset.
    private boolean toldStamped() {
        // What the call before used up is not the next one's concern.
        meter.reset();
        fuel.fill(code.limits().initialisationFuel());
        frame = Frame.initialisation(
                origin.extension(),
                origin.clocks().nanoClock().getAsLong(),
                origin.clocks().nanoClock().getAsLong() + code.limits().timeoutNanos());
        Reply failure = guarded(() -> {
            applyIfExported(ClocheAbi.STAMPED);
            return null;
        });
        return failure == null;
    }

    @Override
    public long fuelUsed() {
        return fuel.used();
    }

    @Override
    public boolean sound() {
        return sound;
    }

    @Override
    public long memoryBytes() {
        GuestInstance made = guest;
        return made == null ? 0 : made.account().used();
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
        GuestInstance made = guest;
        if (made != null) {
            made.close();
        }
        guest = null;
        alloc = null;
        handle = null;
        hostcalls.close();
        sound = false;
    }
}
