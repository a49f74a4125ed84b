package dev.cloche.host.ledger.store;

import java.io.StringWriter;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The details of a row as they are stored: one JSON object of texts, in order of their names.
final class DetailsJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private DetailsJson() {}

    static String write(Map<String, String> details) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            new TreeMap<>(details).forEach(json::writeStringProperty);
            json.writeEndObject();
        }
        return text.toString();
    }

    /// @throws IllegalArgumentException if it is something else
    static Map<String, String> read(String text) {
        Map<String, String> details = new TreeMap<>();
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            require(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                require(json.nextToken() == JsonToken.VALUE_STRING);
                details.put(name, json.getString());
            }
            require(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("details must be a JSON object of texts", e);
        }
        return details;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("details must be a JSON object of texts");
        }
    }
}
