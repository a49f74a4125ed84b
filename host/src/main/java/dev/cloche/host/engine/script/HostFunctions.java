package dev.cloche.host.engine.script;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.BudgetExhaustedException;
import dev.cloche.host.engine.GuestFaults;
import dev.cloche.host.hostcall.LogRequest;
import dev.cloche.host.scheduler.Scheduler;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What the prelude calls in its host. Confined to the thread that steps the isolate.
final class HostFunctions {
    private static final int RANDOM_BYTES_MAX = 65_536;
    private static final int REJECTIONS_MAX = 100;

    /// The functions by the property under which the prelude finds them.
    enum Name {
        REPLY('r', "reply"),
        REGISTER('g', "register"),
        PRINT('p', "print"),
        HOSTCALL('h', "hostcall"),
        PULL('n', "pull"),
        CANCEL('a', "cancel"),
        SET_TIMER('t', "setTimer"),
        CLEAR_TIMER('c', "clearTimer"),
        ENCODE('e', "encode"),
        DECODE('d', "decode"),
        RANDOM('x', "random"),
        LIBRARY('l', "library");

        private static final Name[] BY_LETTER = new Name[128];

        static {
            for (Name name : values()) {
                BY_LETTER[name.letter] = name;
            }
        }

        private final char letter;
        private final String property;

        Name(char letter, String property) {
            this.letter = letter;
            this.property = property;
        }

        String property() {
            return property;
        }

        /// What QuickJS hands back to tell which function is called.
        String wire() {
            return String.valueOf(letter);
        }

        static Name ofWire(byte letter) {
            return BY_LETTER[letter];
        }
    }

    private final ScriptIsolate isolate;
    private final JsRuntime js;
    private final GuestHostcalls hostcalls;
    private long timerBytes;
    private final Map<Integer, String> rejections = new LinkedHashMap<>();
    private boolean drewRandomness;

    HostFunctions(ScriptIsolate isolate, JsRuntime js) {
        this.isolate = isolate;
        this.js = js;
        this.hostcalls = new GuestHostcalls(isolate, js);
    }

    GuestHostcalls hostcalls() {
        return hostcalls;
    }

    /// Carries a call of the prelude out.
    ///
    /// @param arguments borrowed values
    /// @return a value that the engine takes over, or 0 after [JsRuntime#raise]
    int call(Name name, int[] arguments) {
        try {
            return switch (name) {
                case REPLY -> reply(arguments);
                case REGISTER -> register(arguments);
                case PRINT -> print(arguments);
                case HOSTCALL -> hostcall(arguments);
                case PULL -> pull(arguments);
                case CANCEL -> cancel(arguments);
                case SET_TIMER -> setTimer(arguments);
                case CLEAR_TIMER -> clearTimer(arguments);
                case ENCODE -> js.newBuffer(charged(js.toUtf8(arguments[0])));
                case DECODE -> decode(arguments);
                case RANDOM -> random(arguments);
                case LIBRARY -> Prelude.evaluate(js, js.toText(arguments[0]));
            };
        } catch (ScriptException e) {
            js.raise(e.name(), e.text());
            return 0;
        }
    }

    private int reply(int[] arguments) {
        boolean ok = js.toNumber(arguments[0]) == 0;
        isolate.answer(ok, textOrBytes(arguments[1]));
        return js.undefined();
    }

    private byte[] textOrBytes(int value) {
        return charged(js.isString(value) ? js.toUtf8(value) : js.toBytes(value));
    }

    /// Charges bytes that were copied for the guest.
    private byte[] charged(byte[] copied) {
        isolate.fuel().chargeBytes(copied.length);
        return copied;
    }

    private int register(int[] arguments) {
        isolate.registrations().register(Entry.parse(js.toText(arguments[0])));
        return js.undefined();
    }

    private int print(int[] arguments) {
        print(js.toText(arguments[0]), js.toText(arguments[1]));
        return js.undefined();
    }

    /// Logs a line through the extension's own way out, so that policy has its say.
    void print(String level, String message) {
        Payload request = LogRequest.of(level, message);
        isolate.meter().chargeLog(request.size());
        isolate.fuel().chargeBytes(request.size());
        hostcalls.log(request);
    }

    private int hostcall(int[] arguments) {
        String op = js.toText(arguments[0]);
        Payload request = Payload.wrap(textOrBytes(arguments[1]));
        double timeoutMillis = arguments.length > 3 ? js.toNumber(arguments[3]) : 0;
        return js.newNumber(hostcalls.make(op, request, (int) js.toNumber(arguments[2]), timeoutMillis));
    }

    private int pull(int[] arguments) {
        hostcalls.pull((long) js.toNumber(arguments[0]));
        return js.undefined();
    }

    private int cancel(int[] arguments) {
        hostcalls.cancel((long) js.toNumber(arguments[0]), js.toBoolean(arguments[1]));
        return js.undefined();
    }

    private int setTimer(int[] arguments) {
        long delay = (long) (js.toNumber(arguments[0]) * TimeUnit.MILLISECONDS.toNanos(1));
        countTimers(1);
        long id = isolate.scheduler().setTimer(delay, js.toBoolean(arguments[1]));
        if (id == Scheduler.FULL) {
            throw new BudgetExhaustedException(
                    Budget.TIMERS, isolate.meter().limits().timers());
        }
        return js.newNumber(isolate.scheduler().number(id));
    }

    private int clearTimer(int[] arguments) {
        Scheduler scheduler = isolate.scheduler();
        scheduler.cancelTimer(scheduler.ofNumber((long) js.toNumber(arguments[0])));
        countTimers(0);
        return js.undefined();
    }

    /// Brings what timers hold up to date with those there are; those that fired since are given back here.
    ///
    /// @param more timers that are about to be set
    private void countTimers(int more) {
        long now = (isolate.scheduler().timers() + more) * GuestHostcalls.ENTRY_BYTES;
        if (now >= timerBytes) {
            js.guest().account().hold(now - timerBytes);
        } else {
            js.guest().account().drop(timerBytes - now);
        }
        timerBytes = now;
    }

    private int decode(int[] arguments) {
        try {
            return js.newString(GuestText.decode(
                    js.toText(arguments[0]), js.toBoolean(arguments[1]), charged(js.toBytes(arguments[2]))));
        } catch (CharacterCodingException e) {
            throw new ScriptException("TypeError", "the bytes are not valid " + js.toText(arguments[0]), "");
        }
    }

    private int random(int[] arguments) {
        byte[] bytes = new byte[(int) Math.max(0, Math.min(RANDOM_BYTES_MAX, js.toNumber(arguments[0])))];
        isolate.fuel().charge(bytes.length);
        isolate.origin().clocks().random().nextBytes(bytes);
        drewRandomness |= js.toBoolean(arguments[1]);
        return js.newBuffer(bytes);
    }

    /// Why isolates that are made from a snapshot of this one would not be like booted ones, if so.
    Optional<String> frozenInputs() {
        if (hostcalls.made()) {
            return Optional.of(
                    "its script made hostcalls while it loaded, whose outcomes would be frozen in the snapshot;"
                            + " make them when the first call comes");
        }
        return drewRandomness
                ? Optional.of(
                        "its script drew random bytes while it loaded, which would be the same in all isolates made"
                                + " from the snapshot; draw them when the first call comes")
                : Optional.empty();
    }

    // ---- Promises that are rejected and that nobody handles -----------------------------------------------------

    /// Takes note that a promise was rejected without a handler, or got one later.
    ///
    /// @param promise an owned value
    /// @param reason an owned value
    void rejection(int promise, int reason, boolean handled) {
        int identity = js.identity(promise);
        if (handled) {
            rejections.remove(identity);
        } else if (rejections.size() < REJECTIONS_MAX) {
            rejections.put(identity, GuestFaults.bounded(js.toText(reason)));
        }
        js.free(promise);
        js.free(reason);
    }

    void forgetRejections() {
        rejections.clear();
    }

    /// Logs the rejections that nobody handled until the end of the call.
    void reportRejections() {
        List<String> reasons = List.copyOf(rejections.values());
        rejections.clear();
        try {
            reasons.forEach(reason -> print("warn", "unhandled promise rejection: " + reason));
        } catch (BudgetExhaustedException e) {
            // The call has its answer already; what does not fit into its log is left out.
        }
    }

    void endCall() {
        hostcalls.endCall();
        timerBytes = 0;
    }
}
