package dev.cloche.cli;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Violation;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as the commands print it: one object on one line. Written as a stream, since data binding would cost a good
/// part of a start-up.
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

    /// What a host has answered.
    static JsonNode read(String json) {
        return JsonMapper.shared().readTree(json);
    }

    /// A value as JSON.
    static String text(JsonNode value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    /// A capability of this name, with the parameters of an object.
    static Capability capability(JsonNode name, JsonNode object) {
        Map<String, List<String>> parameters = new TreeMap<>();
        object.path("parameters")
                .properties()
                .forEach(parameter -> parameters.put(parameter.getKey(), texts(parameter.getValue())));
        return new Capability(name.asString(), parameters);
    }

    /// The texts of an array.
    static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
