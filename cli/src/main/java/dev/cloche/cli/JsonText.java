package dev.cloche.cli;

import dev.cloche.host.bundle.Violation;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON as the commands print it: one object on one line. Streamed, since data binding would cost most of a start-up.
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /// One object, with the members that the body writes.
    static String object(Consumer<JsonGenerator> body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            body.accept(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    /// A member that is an array of strings.
    static void strings(JsonGenerator json, String name, Iterable<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }

    /// A member that lists what is wrong with a bundle.
    static void violations(JsonGenerator json, List<Violation> violations) {
        json.writeArrayPropertyStart("violations");
        for (Violation violation : violations) {
            json.writeStartObject();
            json.writeStringProperty("pointer", violation.pointer());
            json.writeStringProperty("message", violation.message());
            json.writeStringProperty("hint", violation.hint());
            json.writeEndObject();
        }
        json.writeEndArray();
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
        } catch (JacksonException e) {
            return false;
        }
    }
}
