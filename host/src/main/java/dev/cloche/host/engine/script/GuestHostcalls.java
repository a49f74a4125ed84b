package dev.cloche.host.engine.script;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.hostcall.Format;
import dev.cloche.host.hostcall.Hostcall;
import dev.cloche.host.hostcall.LogRequest;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Waiting;
import dev.cloche.host.scheduler.HostcallControl;
import dev.cloche.host.scheduler.Macrotask;
import dev.cloche.host.scheduler.Scheduler;
import dev.cloche.host.scheduler.SchedulerLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The hostcalls of one script. Confined to the thread that steps the isolate.
final class GuestHostcalls {
    /// What the host holds for a timer or a hostcall under way, besides its bytes: an object, and its places in a map
    /// and in a queue.
    static final long ENTRY_BYTES = 128;

    /// How the prelude wants an answer.
    private static final int JSON = 0;

    private static final int STREAM = 2;

    private final ScriptIsolate isolate;
    private final JsRuntime js;
    private final Scheduler scheduler;
    private final Map<Long, Pending> pending = new HashMap<>();
    private long pendingBytes;
    private boolean made;

    GuestHostcalls(ScriptIsolate isolate, JsRuntime js) {
        this.isolate = isolate;
        this.js = js;
        this.scheduler = isolate.scheduler();
    }

    /// A hostcall that the script made.
    ///
    /// @param mode how the script wants the answer
    /// @param bytes size of the request, which the host holds until it is answered
    /// @param entryBytes what the host holds besides
    private record Pending(int mode, int bytes, long entryBytes) {
        boolean binary() {
            return mode != JSON;
        }

        boolean streamed() {
            return mode == STREAM;
        }

        long held() {
            return bytes + entryBytes;
        }
    }

    /// Whether the script has made hostcalls other than log lines since its isolate was made.
    boolean made() {
        return made;
    }

    /// Makes a hostcall.
    ///
    /// @param mode 0 for an answer as text, 1 as bytes, 2 in chunks
    /// @param timeoutMillis after what time the script is told that it failed; zero for the call's own
    /// @return its number within the call
    long make(String op, Payload request, int mode, double timeoutMillis) {
        if (op.equals(LogRequest.OP)) {
            isolate.meter().chargeLog(request.size());
        } else {
            made = true;
        }
        long timeoutNanos =
                timeoutMillis > 0 ? (long) (timeoutMillis * TimeUnit.MILLISECONDS.toNanos(1)) : Scheduler.NO_TIMEOUT;
        long id = mode == STREAM ? scheduler.openStream(timeoutNanos) : scheduler.admitHostcall(timeoutNanos);
        if (id == Scheduler.FULL) {
            throw new BudgetExhaustedException(Budget.HOSTCALLS, SchedulerLimits.DEFAULT_HOSTCALLS);
        }
        scheduler.note(op, request);
        begin(id, op, request, new Pending(mode, request.size(), entryBytes(timeoutNanos)));
        return scheduler.number(id);
    }

    private static long entryBytes(long timeoutNanos) {
        return timeoutNanos == Scheduler.NO_TIMEOUT ? ENTRY_BYTES : 2 * ENTRY_BYTES;
    }

    private void begin(long id, String op, Payload request, Pending entry) {
        js.guest().account().hold(entry.held());
        pending.put(id, entry);
        pendingBytes += entry.bytes();
        if (pendingBytes > isolate.meter().limits().payloadBytes()) {
            isolate.completed(id, tooMuchPending());
        } else {
            Hostcall hostcall = new Hostcall(
                    isolate.frame(),
                    isolate.origin().port().resolve(op),
                    request,
                    Format.JSON,
                    entry.streamed(),
                    isolate.events());
            scheduler.control(id, submit(hostcall, outcome -> isolate.completed(id, outcome)));
        }
    }

    private record Control(Waiting waiting) implements HostcallControl {
        @Override
        public void cancel() {
            waiting.cancel();
        }

        @Override
        public void delivered(long chunk) {
            waiting.delivered();
        }
    }

    private Outcome tooMuchPending() {
        long limit = isolate.meter().limits().payloadBytes();
        return new Outcome.Denied(
                Outcome.DeniedCode.BACKPRESSURE,
                "too much is under way in requests that are not answered yet, bytes=" + pendingBytes + " limit="
                        + limit,
                Map.of("depth", Long.toString(pendingBytes), "capacity", Long.toString(limit)));
    }

    /// Hands over a log line, of whose outcome nobody is told.
    void log(Payload request) {
        submit(new Hostcall(isolate.frame(), isolate.origin().port().resolve(LogRequest.OP), request), _ -> {});
    }

    /// Hands a hostcall to the isolate's way out.
    ///
    /// @return how to reach whoever carries it out
    private HostcallControl submit(Hostcall hostcall, Consumer<Outcome> completion) {
        isolate.meter().chargeHostcall();
        return switch (isolate.channel().submit(hostcall, completion)) {
            case Outcome outcome -> {
                completion.accept(outcome);
                yield HostcallControl.NONE;
            }
            case Waiting waiting -> {
                if (waiting.onCaller()) {
                    completion.accept(isolate.outside(waiting::await));
                    yield HostcallControl.NONE;
                }
                yield new Control(waiting);
            }
        };
    }

    /// Takes note of an outcome that the script is given.
    ///
    /// @return whether a success is told it as bytes
    boolean answered(Macrotask.HostcallCompleted completed) {
        Pending entry = pending.get(completed.hostcall());
        if (entry == null) {
            return false;
        }
        if (completed.last()) {
            forget(completed.hostcall());
        }
        return entry.binary();
    }

    private void forget(long id) {
        Pending entry = pending.remove(id);
        if (entry != null) {
            pendingBytes -= entry.bytes();
            js.guest().account().drop(entry.held());
        }
    }

    /// Asks for the next chunk of a stream.
    void pull(long number) {
        scheduler.pull(scheduler.ofNumber(number));
    }

    /// @param told whether the script is to be told that the hostcall was cancelled
    void cancel(long number, boolean told) {
        long id = scheduler.ofNumber(number);
        if (told) {
            scheduler.cancelHostcall(id);
        } else {
            scheduler.abandonHostcall(id);
            forget(id);
        }
    }

    void endCall() {
        pending.clear();
        pendingBytes = 0;
    }
}
