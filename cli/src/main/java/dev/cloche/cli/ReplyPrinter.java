package dev.cloche.cli;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Prints how a call went: the answer's bytes as they are, or a sentence on the error stream, or, if asked for, one
/// JSON object that says all of it.
final class ReplyPrinter {
    private final Terminal terminal;
    private final boolean verbose;

    ReplyPrinter(Terminal terminal, boolean verbose) {
        this.terminal = terminal;
        this.verbose = verbose;
    }

    /// Prints a reply for people and pipes.
    ///
    /// @return the exit status that stands for it
    int print(Call call, Reply reply) {
        if (reply instanceof Reply.Ok ok) {
            terminal.write(ok.payload().unsafeBytes());
        } else {
            terminal.errorLine(ErrorReporter.PREFIX + firstLine(sentence(call, reply)));
            if (verbose) {
                details(reply).lines().forEach(line -> terminal.errorLine("  " + PlainText.block(line)));
            }
        }
        return ExitStatus.of(reply);
    }

    /// Prints a reply as one JSON object.
    ///
    /// @param usage what the call used; null if it never came to the guest
    /// @return the exit status that stands for it
    int printJson(Call call, Reply reply, @Nullable Usage usage) {
        terminal.line(JsonText.object(json -> {
            switch (reply) {
                case Reply.Ok(Payload payload) -> {
                    json.writeStringProperty("status", "ok");
                    writeOutput(json, call.entry().kind(), payload);
                }
                case Reply.GuestError(String code, String message, String stack) ->
                    members(json, "guest_error", "code", code, "message", message, "stack", stack);
                case Reply.Denied(String rule, String message) ->
                    members(json, "denied", "rule", rule, "message", message);
                case Reply.Trapped trap ->
                    members(
                            json,
                            "trapped",
                            "kind",
                            trap.kind().label(),
                            "message",
                            trap.message(),
                            "stack",
                            trap.stack());
                case Reply.TimedOut timeout -> {
                    members(json, "timed_out", "message", timeout.message());
                    json.writeNumberProperty("limitMillis", timeout.limit().toMillis());
                }
                case Reply.Exhausted exhausted -> {
                    members(json, "exhausted", "budget", exhausted.budget().label(), "message", exhausted.message());
                    json.writeNumberProperty("limit", exhausted.limit());
                }
                case Reply.Rejected rejected ->
                    members(json, "rejected", "reason", rejected.reason().label(), "message", rejected.message());
                case Reply.Unavailable unavailable ->
                    members(
                            json,
                            "unavailable",
                            "reason",
                            unavailable.reason().label(),
                            "message",
                            unavailable.message());
            }
            if (usage != null) {
                json.writeName("usage");
                json.writeStartObject();
                json.writeNumberProperty("fuel", usage.fuel());
                json.writeNumberProperty("micros", usage.time().toNanos() / 1_000);
                if (usage.trace().isPresent()) {
                    json.writeStringProperty("trace", traceOf(usage));
                }
                json.writeEndObject();
            }
        }));
        return ExitStatus.of(reply);
    }

    /// Prints what a call used.
    ///
    /// @param usage null if the call never came to the guest
    void printUsage(@Nullable Usage usage) {
        terminal.errorLine(ErrorReporter.PREFIX
                + (usage == null
                        ? "the call never came to the guest"
                        : "used fuel=" + usage.fuel() + " time=" + usage.time().toNanos() / 1_000 + "us"
                                + (usage.trace().isPresent() ? " trace=" + traceOf(usage) : "")));
    }

    private static String traceOf(Usage usage) {
        return HexFormat.of().toHexDigits(usage.trace().orElse(0));
    }

    private static void members(JsonGenerator json, String status, String... namesAndValues) {
        json.writeStringProperty("status", status);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            json.writeStringProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    /// Tools and hooks answer JSON, which goes in as a value; a command answers bytes, which go in as text where they
    /// are UTF-8 and in Base64 where not.
    private static void writeOutput(JsonGenerator json, EntryKind kind, Payload payload) {
        Optional<String> text = utf8(payload);
        Optional<String> value = kind == EntryKind.COMMAND ? Optional.empty() : text.flatMap(JsonText::compact);
        if (value.isPresent()) {
            json.writeStringProperty("encoding", "json");
            json.writeName("output");
            json.writeRawValue(value.get());
        } else if (text.isPresent()) {
            json.writeStringProperty("encoding", "text");
            json.writeStringProperty("output", text.get());
        } else {
            json.writeStringProperty("encoding", "base64");
            json.writeStringProperty("output", Base64.getEncoder().encodeToString(payload.unsafeBytes()));
        }
    }

    private static Optional<String> utf8(Payload payload) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload.unsafeBytes()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String sentence(Call call, Reply reply) {
        String who = call.extension() + " ";
        return switch (reply) {
            case Reply.Ok _ -> who + "answered";
            case Reply.GuestError error -> who + "answered with an error: " + error.code() + ": " + error.message();
            case Reply.Denied denied -> who + "was denied the call: " + denied.message();
            case Reply.Trapped trap -> who + "was stopped (" + trap.kind().label() + "): " + trap.message();
            case Reply.TimedOut timeout -> who + "ran out of time: " + timeout.message();
            case Reply.Exhausted exhausted ->
                who + "ran out of " + exhausted.budget().label() + ": " + exhausted.message();
            case Reply.Rejected rejected ->
                who + "did not take the call (" + rejected.reason().label() + "): " + rejected.message();
            case Reply.Unavailable unavailable -> unavailable.message();
        };
    }

    private static String details(Reply reply) {
        return switch (reply) {
            case Reply.GuestError error -> error.message() + "\n" + error.stack();
            case Reply.Trapped trap -> trap.message() + "\n" + trap.stack();
            case Reply.Ok _, Reply.Denied _, Reply.TimedOut _, Reply.Exhausted _ -> "";
            case Reply.Rejected _, Reply.Unavailable _ -> "";
        };
    }

    private static String firstLine(String text) {
        return PlainText.line(text.lines().findFirst().orElse(""));
    }
}
