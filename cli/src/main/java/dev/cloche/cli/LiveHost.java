package dev.cloche.cli;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.control.ControlClient;
import dev.cloche.host.control.ControlException;
import dev.cloche.host.control.ControlException.Code;
import dev.cloche.host.control.ReplyJson;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// The host that lives on a home, spoken to through its socket.
final class LiveHost implements HostAccess {
    private final ControlClient client;

    private LiveHost(ControlClient client) {
        this.client = client;
    }

    /// The live host of a home, if there is one.
    ///
    /// @throws ControlException if it cannot be spoken to
    static Optional<LiveHost> of(Path home) {
        return ControlClient.connect(home).map(LiveHost::new);
    }

    Path socket() {
        return client.socket();
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public String ask(String op, String params) {
        return client.ask(op, params);
    }

    @Override
    public Optional<Installed> extension(String id) {
        JsonNode found =
                JsonText.read(ask("extension", JsonText.object(json -> json.writeStringProperty("extension", id))));
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Installed(
                        id,
                        found.path("tier").asString(),
                        JsonText.texts(found.path("entries")).stream()
                                .map(Entry::parse)
                                .toList(),
                        JsonText.texts(found.path("capabilities"))));
    }

    @Override
    public Reply call(Call call) {
        return reply("call", call, json -> json.writeStringProperty("extension", call.extension()));
    }

    @Override
    public Reply run(BundlePath bundle, Call call) {
        return reply("run", call, json -> json.writeStringProperty("path", bundle.absolute()));
    }

    private Reply reply(String op, Call call, Consumer<JsonGenerator> what) {
        JsonNode answer = JsonText.read(ask(op, JsonText.object(json -> {
            what.accept(json);
            write(json, call);
        })));
        String reply = JsonText.text(answer.path("reply"));
        try {
            ReplyJson.usage(reply).ifPresent(used -> call.options().meter().ifPresent(meter -> meter.accept(used)));
            return ReplyJson.read(reply, payload(answer.path("payload")));
        } catch (IllegalArgumentException e) {
            throw new ControlException(
                    Code.VERSION, "the live host answers what this version cannot read: " + e.getMessage(), e);
        }
    }

    private static void write(JsonGenerator json, Call call) {
        json.writeStringProperty("entry", call.entry().toString());
        json.writeStringProperty(
                "payload", Base64.getEncoder().encodeToString(call.payload().unsafeBytes()));
        CallOptions options = call.options();
        options.timeout().ifPresent(timeout -> json.writeNumberProperty("timeout_ms", timeout.toMillis()));
        options.fuel().ifPresent(fuel -> json.writeNumberProperty("fuel", fuel));
    }

    private static Payload payload(JsonNode base64) {
        return base64.isMissingNode()
                ? Payload.EMPTY
                : Payload.wrap(Base64.getDecoder().decode(base64.asString()));
    }

    @Override
    public void close() {
        client.close();
    }

    /// What a user is told of a refusal, with the exit status that stands for it.
    static CommandFailure failure(ControlException refusal) {
        int status = switch (refusal.code()) {
            case USAGE -> ExitStatus.USAGE;
            case INTERNAL -> ExitStatus.BUG;
            case UNAVAILABLE, BUSY, TOO_LARGE, VERSION, FORBIDDEN -> ExitStatus.UNAVAILABLE;
            case BUNDLE, INVALID_REQUEST, UNKNOWN_OPERATION -> ExitStatus.UNAVAILABLE;
        };
        return new CommandFailure(status, String.valueOf(refusal.getMessage()), refusal);
    }

    /// The options that a live host has been started without, and cannot take over for one command.
    static CommandFailure decides(List<String> options) {
        return new CommandFailure(
                ExitStatus.USAGE,
                "a host lives on this home, and what it was started with holds; leave the option out, use"
                        + " `cloche policy` or `cloche lane`, or name another --home, option="
                        + String.join(",", options));
    }
}
