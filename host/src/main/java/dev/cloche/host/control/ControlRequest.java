package dev.cloche.host.control;

import dev.cloche.host.bundle.Violation;
import dev.cloche.host.control.ControlException.Code;
import dev.cloche.host.control.JsonSlices.Slice;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A line that asks for an operation, and the lines that answer it.
///
/// @param id as it was written
/// @param params a JSON object, as it was written
record ControlRequest(String id, String op, String params) {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Set<String> MEMBERS = Set.of("id", "op", "params");
    private static final int ID_CHARS_MAX = 128;
    private static final int OP_CHARS_MAX = 64;
    private static final String NO_ID = "null";
    private static final String FORM = "; a request is {\"id\": 1, \"op\": \"ping\", \"params\": {}} on one line";

    /// The request on a line.
    ///
    /// @throws ControlException if there is none
    static ControlRequest parse(byte[] line) {
        Map<String, Slice> members;
        try {
            members = JsonSlices.of(text(line));
        } catch (IllegalArgumentException e) {
            throw new ControlException(Code.INVALID_REQUEST, e.getMessage() + FORM, e);
        }
        for (String name : members.keySet()) {
            if (!MEMBERS.contains(name)) {
                throw invalid("there is no such member, member=" + name);
            }
        }
        Slice id = members.get("id");
        if (id == null || !id.isName() || id.text().length() > ID_CHARS_MAX) {
            throw invalid("the id must be a whole number or a text of at most " + ID_CHARS_MAX + " characters");
        }
        Slice op = members.get("op");
        if (op == null || !op.isString() || op.text().length() > OP_CHARS_MAX) {
            throw invalid("the op must be a text of at most " + OP_CHARS_MAX + " characters");
        }
        Slice params = members.get("params");
        if (params != null && !params.isObject()) {
            throw invalid("the params must be an object");
        }
        return new ControlRequest(id.text(), JsonSlices.string(op), params == null ? "{}" : params.text());
    }

    private static String text(byte[] line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is not UTF-8", e);
        }
    }

    private static ControlException invalid(String message) {
        return new ControlException(Code.INVALID_REQUEST, message + FORM);
    }

    /// The line that says what came of it.
    ///
    /// @param result a JSON object
    byte[] answered(String result) {
        byte[] line = line("{\"id\":" + id + ",\"ok\":true,\"result\":" + result + "}\n");
        return line.length <= ControlProtocol.ANSWER_BYTES_MAX
                ? line
                : refused(id, ControlProtocol.tooLarge("the answer", ControlProtocol.ANSWER_BYTES_MAX), List.of());
    }

    /// The line that says why it came to nothing.
    byte[] refused(ControlException refusal, List<Violation> violations) {
        return refused(id, refusal, violations);
    }

    /// The line that says why there is no request.
    static byte[] refusedUnread(ControlException refusal) {
        return refused(NO_ID, refusal, List.of());
    }

    private static byte[] refused(String id, ControlException refusal, List<Violation> violations) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeName("id");
            json.writeRawValue(id);
            json.writeBooleanProperty("ok", false);
            json.writeName("error");
            json.writeStartObject();
            json.writeStringProperty("code", refusal.code().label());
            json.writeStringProperty("message", String.valueOf(refusal.getMessage()));
            if (!violations.isEmpty()) {
                json.writeArrayPropertyStart("violations");
                violations.forEach(violation -> write(json, violation));
                json.writeEndArray();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return line(text + "\n");
    }

    private static void write(JsonGenerator json, Violation violation) {
        json.writeStartObject();
        json.writeStringProperty("pointer", violation.pointer());
        json.writeStringProperty("message", violation.message());
        json.writeStringProperty("hint", violation.hint());
        json.writeEndObject();
    }

    private static byte[] line(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// A line for a request with a number as its id.
    static byte[] line(long id, String op, String params) {
        return line("{\"id\":" + id + ",\"op\":\"" + op + "\",\"params\":" + params + "}\n");
    }
}
