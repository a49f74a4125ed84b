package dev.cloche.host.control;

import dev.cloche.host.call.Budget;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Reply.RejectReason;
import dev.cloche.host.call.Reply.UnavailableReason;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.call.Usage;
import dev.cloche.host.control.JsonSlices.Slice;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Replies as JSON: what `cloche call --json` prints, and what a live host answers.
public final class ReplyJson {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int NANOS_A_MICRO = 1_000;
    private static final String TRACE = "trace";

    private ReplyJson() {}

    /// One object on one line.
    ///
    /// @param kind of the entry that was called
    /// @param usage what the call used; null if it is not told, or the call never came to the guest
    public static String write(EntryKind kind, Reply reply, @Nullable Usage usage) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            write(json, kind, reply);
            if (usage != null) {
                json.writeName("usage");
                write(json, usage);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, EntryKind kind, Reply reply) {
        switch (reply) {
            case Reply.Ok(Payload payload) -> {
                json.writeStringProperty("status", "ok");
                writeOutput(json, kind, payload);
            }
            case Reply.GuestError(String code, String message, String stack) ->
                members(json, "guest_error", "code", code, "message", message, "stack", stack);
            case Reply.Denied(String rule, String message) -> members(json, "denied", "rule", rule, "message", message);
            case Reply.Trapped trap ->
                members(json, "trapped", "kind", trap.kind().label(), "message", trap.message(), "stack", trap.stack());
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
                members(json, "unavailable", "reason", unavailable.reason().label(), "message", unavailable.message());
        }
    }

    private static void write(JsonGenerator json, Usage usage) {
        json.writeStartObject();
        json.writeNumberProperty("fuel", usage.fuel());
        json.writeNumberProperty("micros", usage.time().toNanos() / NANOS_A_MICRO);
        if (usage.trace().isPresent()) {
            json.writeStringProperty(
                    TRACE, HexFormat.of().toHexDigits(usage.trace().getAsLong()));
        }
        json.writeEndObject();
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
        Optional<String> value = kind == EntryKind.COMMAND ? Optional.empty() : text.flatMap(ReplyJson::compact);
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
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /// The text without the white space between its tokens, and so on one line; empty if it is not exactly one JSON
    /// value. Numbers and strings stay as they are written: reading and writing them anew would change some.
    static Optional<String> compact(String text) {
        return isValue(text) ? Optional.of(withoutSpace(text)) : Optional.empty();
    }

    /// @param value valid JSON
    private static String withoutSpace(String value) {
        StringBuilder compact = new StringBuilder(value.length());
        boolean inString = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                inString = !inString;
            }
            if (inString || !(c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
                compact.append(c);
            }
            if (inString && c == '\\') {
                i++;
                compact.append(value.charAt(i));
            }
        }
        return compact.toString();
    }

    private static boolean isValue(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JacksonException _) {
            return false;
        }
    }

    /// The reply that was written.
    ///
    /// @param payload of a reply that is [Reply.Ok]: white space within JSON is not in what was written
    /// @throws IllegalArgumentException if it was not written by [#write]
    public static Reply read(String text, Payload payload) {
        Map<String, Slice> members = JsonSlices.of(text);
        Function<String, String> string = name -> string(members, name);
        return switch (string.apply("status")) {
            case "ok" -> new Reply.Ok(payload);
            case "guest_error" ->
                new Reply.GuestError(string.apply("code"), string.apply("message"), string.apply("stack"));
            case "denied" -> new Reply.Denied(string.apply("rule"), string.apply("message"));
            case "trapped" ->
                new Reply.Trapped(
                        one(TrapKind.values(), TrapKind::label, string.apply("kind")),
                        string.apply("message"),
                        string.apply("stack"));
            case "timed_out" ->
                new Reply.TimedOut(Duration.ofMillis(number(members, "limitMillis")), string.apply("message"));
            case "exhausted" ->
                new Reply.Exhausted(
                        one(Budget.values(), Budget::label, string.apply("budget")),
                        number(members, "limit"),
                        string.apply("message"));
            case "rejected" ->
                new Reply.Rejected(
                        one(RejectReason.values(), RejectReason::label, string.apply("reason")),
                        string.apply("message"));
            case "unavailable" ->
                new Reply.Unavailable(
                        one(UnavailableReason.values(), UnavailableReason::label, string.apply("reason")),
                        string.apply("message"));
            case String other -> throw new IllegalArgumentException("there is no such status, status=" + other);
        };
    }

    /// What the call used, if it was written.
    public static Optional<Usage> usage(String text) {
        Slice usage = JsonSlices.of(text).get("usage");
        if (usage == null) {
            return Optional.empty();
        }
        Map<String, Slice> members = JsonSlices.of(usage.text());
        OptionalLong trace = members.containsKey(TRACE)
                ? OptionalLong.of(HexFormat.fromHexDigitsToLong(string(members, TRACE)))
                : OptionalLong.empty();
        return Optional.of(
                new Usage(number(members, "fuel"), Duration.ofNanos(number(members, "micros") * NANOS_A_MICRO), trace));
    }

    private static String string(Map<String, Slice> members, String name) {
        Slice slice = members.get(name);
        if (slice == null || !slice.isString()) {
            throw new IllegalArgumentException("a reply lacks a text, member=" + name);
        }
        return JsonSlices.string(slice);
    }

    private static long number(Map<String, Slice> members, String name) {
        Slice slice = members.get(name);
        if (slice == null) {
            throw new IllegalArgumentException("a reply lacks a number, member=" + name);
        }
        return Long.parseLong(slice.text());
    }

    private static <T> T one(T[] values, Function<T, String> label, String wanted) {
        return Stream.of(values)
                .filter(value -> label.apply(value).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a reply has an unknown word, word=" + wanted));
    }
}
