package dev.cloche.host.engine.wasm;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.CallMeter;
import dev.cloche.host.engine.FuelTank;
import dev.cloche.host.engine.GuestFaultException;
import dev.cloche.host.engine.StackRoom;
import dev.cloche.host.engine.Watchdog;
import dev.cloche.host.engine.memory.LinearMemory;
import dev.cloche.host.engine.memory.MemoryAccount;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.HostcallChannel;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.LogRequest;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Progress;
import dev.cloche.host.hostcall.Waiting;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Memory;

/// The hostcalls of one wasm isolate, between its memory and its way out. Confined to the thread that runs the guest.
final class WasmHostcalls implements AutoCloseable {
    /// How many names of operations are known again where they lie in the guest's memory.
    private static final int NAMES = 16;

    private final HostcallPort port;
    private final HostcallChannel channel;
    private final CallMeter meter;
    private final FuelTank fuel;
    private final Watchdog.Guard guard;
    private final WasiInputs inputs;
    private final @Nullable Name[] names = new @Nullable Name[NAMES];
    private Payload answer = Payload.EMPTY;

    /// Of the outcome that the answer belongs to.
    private int tag;

    /// A name of an operation, as it lies in memory.
    private static final class Name {
        private final int pointer;
        private final byte[] bytes;
        private final OpRef op;

        Name(int pointer, byte[] bytes, OpRef op) {
            this.pointer = pointer;
            this.bytes = bytes;
            this.op = op;
        }

        boolean isAt(Memory memory, int at, int length) {
            if (at != pointer || length != bytes.length || !GuestMemory.has(memory, at, length)) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (memory.read(at + i) != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    WasmHostcalls(HostcallPort port, CallMeter meter, FuelTank fuel, Watchdog.Guard guard, WasiInputs inputs) {
        this.port = port;
        this.channel = port.open();
        this.meter = meter;
        this.fuel = fuel;
        this.guard = guard;
        this.inputs = inputs;
    }

    /// The operation of an import, looked up when the guest is linked.
    OpRef resolve(String op) {
        return port.resolve(op);
    }

    /// `cloche.call`: an operation by name, the answer kept until it is read.
    long call(Frame frame, Memory memory, long[] args) {
        meter.chargeHostcall();
        OpRef op = op(memory, (int) args[0], (int) args[1]);
        keep(memory, carryOut(frame, memory, op, (int) args[2], (int) args[3], Format.JSON));
        return packed(answer, tag);
    }

    /// `cloche_op.*`: an operation known when the guest was linked, the answer put where the guest has room for it.
    long call(Frame frame, OpRef op, Memory memory, long[] args) {
        meter.chargeHostcall();
        Outcome outcome =
                carryOut(frame, memory, op, (int) args[0], (int) args[1], op.typed() ? Format.TYPED : Format.JSON);
        int room = (int) args[3];
        if (outcome instanceof Outcome.Ok(Payload answered) && answered.size() <= Integer.toUnsignedLong(room)) {
            forget(memory);
            if (answered.size() > 0) {
                GuestMemory.write(memory, (int) args[2], answered.unsafeBytes(), "the block for the answer");
                fuel.chargeBytes(answered.size());
            }
            return packed(answered, ClocheAbi.OUTCOME_OK);
        }
        keep(memory, outcome);
        return packed(answer, tag);
    }

    private static long packed(Payload answered, int tag) {
        return ((long) tag << 32) | answered.size();
    }

    private OpRef op(Memory memory, int pointer, int length) {
        if (length < 0 || length > ClocheAbi.OP_BYTES_MAX) {
            throw new GuestFaultException(
                    TrapKind.ABI,
                    "an op's name has at most " + ClocheAbi.OP_BYTES_MAX + " bytes, length="
                            + Integer.toUnsignedLong(length));
        }
        int place = (pointer ^ pointer >>> 4 ^ length) & NAMES - 1;
        Name known = names[place];
        if (known != null && known.isAt(memory, pointer, length)) {
            return known.op;
        }
        byte[] bytes = GuestMemory.read(memory, pointer, length, "the op's name");
        OpRef op = port.resolve(new String(bytes, StandardCharsets.UTF_8));
        if (op.index() != OpRef.UNKNOWN) {
            names[place] = new Name(pointer, bytes, op);
        }
        return op;
    }

    private Outcome carryOut(Frame frame, Memory memory, OpRef op, int pointer, int length, Format format) {
        Payload request = Payload.EMPTY;
        if (length != 0) {
            GuestMemory.check(memory, pointer, length, "the request");
            account(memory).copy(Integer.toUnsignedLong(length));
            request = Payload.wrap(GuestMemory.read(memory, pointer, length, "the request"));
            fuel.chargeBytes(request.size());
        }
        if (op.name().equals(LogRequest.OP)) {
            meter.chargeLog(request.size());
        } else {
            inputs.madeHostcall();
        }
        return carryOut(new Hostcall(frame, op, request, format));
    }

    /// On the guest's own stack as long as nothing has to be waited for.
    private Outcome carryOut(Hostcall hostcall) {
        StackRoom.requireLittle();
        Progress progress = channel.begin(hostcall);
        return progress instanceof Waiting waiting ? outside(waiting) : (Outcome) progress;
    }

    /// Has the host work while other guests run.
    private Outcome outside(Waiting waiting) {
        if (waiting.onCaller()) {
            StackRoom.require();
        }
        try {
            Outcome outcome = guard.outside(waiting::await);
            fuel.resume();
            return outcome;
        } catch (RuntimeException | Error e) {
            // A guest that is stopped before it waits: nobody else would end what it has begun.
            waiting.cancel();
            throw e;
        }
    }

    private void keep(Memory memory, Outcome outcome) {
        forget(memory);
        OutcomeCodec encoded = OutcomeCodec.encode(outcome);
        if (encoded.answer().size() > 0) {
            account(memory).hold(encoded.answer().size());
        }
        answer = encoded.answer();
        tag = encoded.tag();
    }

    private void forget(Memory memory) {
        if (answer.size() > 0) {
            account(memory).drop(answer.size());
            answer = Payload.EMPTY;
        }
    }

    /// `cloche.read`: copies the last answer.
    void read(Memory memory, int pointer) {
        GuestMemory.write(memory, pointer, answer.unsafeBytes(), "the block for the answer");
        fuel.chargeBytes(answer.size());
    }

    /// Logs a line on the guest's behalf.
    ///
    /// @param running whether the guest has its turn
    void log(Frame frame, String level, String line, boolean running) {
        meter.chargeHostcall();
        Payload request = LogRequest.of(level, line);
        meter.chargeLog(request.size());
        fuel.chargeBytes(request.size());
        Hostcall hostcall = new Hostcall(frame, port.resolve(LogRequest.OP), request);
        Outcome _ = running ? carryOut(hostcall) : channel.call(hostcall);
    }

    /// Forgets the last answer; what was held for it is given back with the call.
    void clear() {
        answer = Payload.EMPTY;
    }

    private static MemoryAccount account(Memory memory) {
        return ((LinearMemory) memory).account();
    }

    @Override
    public void close() {
        answer = Payload.EMPTY;
        channel.close();
    }
}
