package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import dev.cloche.host.control.ReplyJson;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The operations that call guests: `call`, `run`, `hook`.
final class CallOps {
    private final Host host;

    private CallOps(Host host) {
        this.host = host;
    }

    static Map<String, ControlOp> of(Host host) {
        CallOps ops = new CallOps(host);
        return Map.of(
                "call",
                ControlOp.of(ops::call, "extension", "entry", "payload", "text", "timeout_ms", "fuel"),
                "run",
                ControlOp.of(ops::run, "path", "zip", "entry", "payload", "text", "timeout_ms", "fuel"),
                "hook",
                ControlOp.of(ops::hook, "name", "payload", "text", "timeout_ms", "fuel"));
    }

    private void call(ControlParams params, JsonGenerator json) {
        answer(params, params.text("extension"), host::call, json);
    }

    private void run(ControlParams params, JsonGenerator json) {
        Bundle bundle = params.bundle();
        answer(params, bundle.manifest().name(), call -> host.run(bundle, call), json);
    }

    private static void answer(
            ControlParams params, String extension, Function<Call, Reply> carriedOut, JsonGenerator json) {
        AtomicReference<@Nullable Usage> usage = new AtomicReference<>();
        CallOptions options = params.options().withMeter(usage::set);
        Entry entry = Entry.parse(params.text("entry"));
        Reply reply = carriedOut.apply(new Call(extension, entry, params.payload(), options));
        write(json, "reply", ReplyJson.write(entry.kind(), reply, usage.get()));
        if (reply instanceof Reply.Ok ok) {
            json.writeStringProperty(
                    "payload", Base64.getEncoder().encodeToString(ok.payload().unsafeBytes()));
        }
    }

    private void hook(ControlParams params, JsonGenerator json) {
        HookResult result = host.hook(params.text("name"), params.payload(), params.options());
        json.writeBooleanProperty("completed", result.completed());
        json.writeStringProperty(
                "payload", Base64.getEncoder().encodeToString(result.value().unsafeBytes()));
        json.writeArrayPropertyStart("failures");
        for (HookResult.Failure failure : result.failures()) {
            json.writeStartObject();
            json.writeStringProperty("extension", failure.extension());
            write(json, "reply", ReplyJson.write(EntryKind.FILTER, failure.reply(), null));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String name, String value) {
        json.writeName(name);
        json.writeRawValue(value);
    }
}
