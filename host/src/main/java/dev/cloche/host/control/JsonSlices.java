package dev.cloche.host.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// The members of a JSON object as the texts that they are written as: what only passes through is not read and written
/// anew.
final class JsonSlices {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(ControlProtocol.ANSWER_BYTES_MAX)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonSlices() {}

    /// A member's text.
    ///
    /// @param token what it begins with
    record Slice(JsonToken token, String text) {
        boolean isString() {
            return token == JsonToken.VALUE_STRING;
        }

        boolean isObject() {
            return token == JsonToken.START_OBJECT;
        }

        /// Whether it is a number or a text.
        boolean isName() {
            return isString() || token == JsonToken.VALUE_NUMBER_INT;
        }
    }

    /// The members by name.
    ///
    /// @throws IllegalArgumentException if the text is not one JSON object
    static Map<String, Slice> of(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            Map<String, Slice> slices = new HashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int end = (int) parser.currentLocation().getCharOffset();
                slices.put(name, new Slice(token, json.substring(start, end).strip()));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("there is something after the JSON object");
            }
            return slices;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// The elements of a slice that is an array of objects.
    static List<String> elements(Slice array) {
        String json = array.text();
        List<String> elements = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                elements.add(
                        json.substring(start, (int) parser.currentLocation().getCharOffset()));
            }
        }
        return elements;
    }

    /// What a slice that is a text says.
    static String string(Slice slice) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), slice.text())) {
            parser.nextToken();
            return parser.getString();
        }
    }
}
