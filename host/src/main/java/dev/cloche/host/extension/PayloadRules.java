package dev.cloche.host.extension;

import dev.cloche.host.bundle.ArgumentSchema;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Budget;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.Limits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What may go in and out of an extension's entries: sizes, JSON where it must be, tools' arguments. Immutable.
final class PayloadRules {
    private static final JsonFactory JSON = new JsonFactory();

    private static final int VIOLATIONS_SHOWN_MAX = 10;

    private final Limits limits;
    private final boolean repliesAreJson;
    private final Map<String, ArgumentSchema> tools = new HashMap<>();

    PayloadRules(Manifest manifest, Limits limits) {
        this.limits = limits;
        // The script prelude makes the JSON itself.
        this.repliesAreJson = manifest.kind() == Manifest.Kind.SCRIPT;
        manifest.contributes().tools().forEach(tool -> tools.put(tool.name(), ArgumentSchema.of(tool)));
    }

    /// Why a call cannot be taken on, if it cannot.
    Optional<Reply> refusal(Call call) {
        Payload payload = call.payload();
        if (payload.size() > limits.payloadBytes()) {
            return Optional.of(new Reply.Exhausted(
                    Budget.PAYLOAD,
                    limits.payloadBytes(),
                    "the payload is larger than limits.payload, size=" + payload.size()));
        }
        if (call.entry().kind() == EntryKind.COMMAND) {
            return Optional.empty();
        }
        ArgumentSchema tool =
                call.entry().kind() == EntryKind.TOOL ? tools.get(call.entry().name()) : null;
        return tool == null ? hookRefusal(call) : toolRefusal(call, tool);
    }

    private static Optional<Reply> hookRefusal(Call call) {
        return jsonFlaw(call.payload())
                .map(flaw -> invalid("the payload of " + call.entry() + " must be JSON: " + flaw));
    }

    private static Optional<Reply> toolRefusal(Call call, ArgumentSchema schema) {
        List<Violation> violations = schema.check(call.payload());
        if (violations.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(invalid(violations.stream()
                .limit(VIOLATIONS_SHOWN_MAX)
                .map(violation -> "'" + violation.pointer() + "' " + violation.message())
                .collect(Collectors.joining(
                        "; ",
                        "the arguments do not fit the schema of tool '"
                                + call.entry().name() + "': ",
                        ""))));
    }

    /// Holds a guest's answer against what its entry must give.
    Reply checked(Call call, Reply reply) {
        boolean mustBeJson =
                call.entry().kind() == EntryKind.FILTER || call.entry().kind() == EntryKind.TOOL;
        if (!mustBeJson || repliesAreJson || !(reply instanceof Reply.Ok ok)) {
            return reply;
        }
        Optional<String> flaw = jsonFlaw(ok.payload());
        return flaw.isEmpty()
                ? reply
                : new Reply.GuestError("InvalidReply", call.entry() + " must be answered with JSON: " + flaw.get(), "");
    }

    private static Reply invalid(String message) {
        return new Reply.Rejected(Reply.RejectReason.INVALID_PAYLOAD, message);
    }

    private static Optional<String> jsonFlaw(Payload payload) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), payload.unsafeBytes())) {
            if (parser.nextToken() == null) {
                return Optional.of("it is empty");
            }
            parser.skipChildren();
            return parser.nextToken() == null ? Optional.empty() : Optional.of("something follows the value");
        } catch (JacksonException e) {
            return Optional.of(e.getOriginalMessage());
        }
    }
}
