package dev.cloche.host.engine.script;

import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.OutcomeJson;
import dev.cloche.host.scheduler.InboundEvent;
import dev.cloche.host.scheduler.Macrotask;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The entrances that `prelude.js` gives the host, as values of one isolate.
final class Prelude {
    /// The file name of the host's own scripts in a guest's stack; such frames are not shown.
    static final String FILE_NAME = "cloche:prelude";

    private static final List<String> SCRIPTS =
            List.of("prelude", "url", "structured-clone", "fetch", "hostcall", "abort");

    private static final int ENTRANCES = 6;

    private static final int TAG_OK = 0;
    private static final int TAG_DENIED = 1;
    private static final int TAG_FAILED = 2;

    /// A chunk that is not the last one; the last one is told as an answer.
    private static final int TAG_CHUNK = 3;

    private static final Map<String, byte[]> SOURCES = new ConcurrentHashMap<>();

    private final JsRuntime js;
    private final int dispatch;
    private final int complete;
    private final int fire;
    private final int endCall;
    private final int describeError;
    private final int event;

    private Prelude(JsRuntime js, int[] entrances) {
        this.js = js;
        this.dispatch = entrances[0];
        this.complete = entrances[1];
        this.fire = entrances[2];
        this.endCall = entrances[3];
        this.describeError = entrances[4];
        this.event = entrances[5];
    }

    /// The prelude of an engine that was stamped.
    ///
    /// @param roots what [#roots] gave in the engine that was snapshotted
    static Prelude restored(JsRuntime js, int[] roots) {
        return new Prelude(js, roots);
    }

    /// The values that the host holds of the guest.
    int[] roots() {
        return new int[] {dispatch, complete, fire, endCall, describeError, event};
    }

    /// Evaluates the prelude in a fresh engine.
    static Prelude install(JsRuntime js) {
        int setUp = evaluate(js, "prelude");
        int host = js.newObject();
        for (HostFunctions.Name name : HostFunctions.Name.values()) {
            int function = js.hostFunction(name.wire());
            js.setProperty(host, name.property(), function);
            js.free(function);
        }
        int entrances = js.call(setUp, host);
        js.free(host);
        js.free(setUp);
        int[] values = new int[ENTRANCES];
        Arrays.setAll(values, i -> js.element(entrances, i));
        js.free(entrances);
        return new Prelude(js, values);
    }

    /// Which scripts these are, the libraries that guests may load included: others make other isolates.
    static String identity() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String script : SCRIPTS) {
                digest.update(SOURCES.computeIfAbsent(script, Prelude::read));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Evaluates one of the host's own scripts.
    ///
    /// @return its value
    static int evaluate(JsRuntime js, String script) {
        return js.eval(SOURCES.computeIfAbsent(script, Prelude::read), FILE_NAME, JsRuntime.EVAL_SCRIPT);
    }

    private static byte[] read(String script) {
        String resource = script + ".js";
        try (InputStream in = Prelude.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the host's jar is incomplete, resource=" + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the host's jar cannot be read, resource=" + resource, e);
        }
    }

    /// Hands a call to the guest; the answer comes through the host function `reply`.
    ///
    /// @param binary whether the handler gets bytes rather than JSON
    void dispatch(Frame frame, Payload payload, boolean binary, long remainingMillis) {
        int[] arguments = {
            js.newString(frame.entry().toString()),
            js.newString(frame.entry().kind().label()),
            js.newString(frame.entry().name()),
            binary ? js.newBuffer(payload.unsafeBytes()) : js.newString(payload.unsafeBytes()),
            js.newString(frame.extension()),
            js.newNumber(frame.callId()),
            js.newNumber(remainingMillis)
        };
        callAndFree(dispatch, arguments);
    }

    /// Goes the ways of a call once, with nothing of the bundle's in it; answers as any call does.
    void rehearse() {
        int[] arguments = {
            js.newString("cloche:rehearsal"),
            js.newString("tool"),
            js.newString("rehearsal"),
            js.newString("{\"text\":\"a\",\"list\":[1,2,{\"flag\":true}]}"),
            js.newString("cloche"),
            js.newNumber(0L),
            js.newNumber(0L)
        };
        callAndFree(dispatch, arguments);
    }

    /// @param timer its number within the call
    void fire(long timer) {
        callAndFree(fire, js.newNumber(timer));
    }

    /// Has those handle an event that the script has registered for it, if there are any.
    void event(InboundEvent arrived) {
        callAndFree(
                event,
                js.newString(arrived.name()),
                js.newString(arrived.payload().unsafeBytes()),
                js.newString(arrived.source()));
    }

    /// @param number which hostcall of the call it is
    /// @param binary whether the answer of a success is bytes rather than JSON
    void complete(long number, Macrotask.HostcallCompleted completed, boolean binary) {
        switch (completed.outcome()) {
            case Outcome.Ok ok -> complete(number, TAG_OK, ok.answer(), binary);
            case Outcome.Chunk chunk -> complete(number, completed.last() ? TAG_OK : TAG_CHUNK, chunk.bytes(), true);
            case Outcome.Denied denied -> complete(number, TAG_DENIED, OutcomeJson.of(denied), false);
            case Outcome.Failed failed -> complete(number, TAG_FAILED, OutcomeJson.of(failed), false);
        }
    }

    private void complete(long number, int tag, Payload answer, boolean binary) {
        int value = binary ? js.newBuffer(answer.unsafeBytes()) : js.newString(answer.unsafeBytes());
        callAndFree(complete, js.newNumber(number), js.newNumber(tag), value);
    }

    /// Has the guest forget what the call that ended left behind.
    void endCall() {
        callAndFree(endCall);
    }

    /// Describes a thrown value, and frees it.
    GuestErrorText describe(int thrown) {
        int text = js.call(describeError, thrown);
        js.free(thrown);
        GuestErrorText described = GuestErrorText.parse(js.toUtf8(text));
        js.free(text);
        return described;
    }

    /// After anything but a [ScriptException] the engine is in no state to free what it was given.
    private void callAndFree(int function, int... arguments) {
        try {
            js.free(js.call(function, arguments));
        } catch (ScriptException e) {
            free(arguments);
            throw e;
        }
        free(arguments);
    }

    private void free(int[] values) {
        for (int value : values) {
            js.free(value);
        }
    }
}
