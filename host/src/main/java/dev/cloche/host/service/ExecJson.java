package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads a list of strings, or an object of strings, that is a field of a request.
///
/// @param json the field's value, well-formed
record ExecJson(String field, String json) {
    List<String> strings() {
        List<String> strings = new ArrayList<>();
        try (JsonParser parser = JsonRequest.parser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw invalid("a list of strings");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                strings.add(string(parser, "a list of strings"));
            }
        }
        return List.copyOf(strings);
    }

    Map<String, String> members() {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = JsonRequest.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("an object of strings");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (members.put(name, string(parser, "an object of strings")) != null) {
                    throw new InvalidRequestException(
                            "exec.run: a name must be there once, field=" + field + " name=" + JsonRequest.shown(name));
                }
            }
        }
        return members;
    }

    private String string(JsonParser parser, String form) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw invalid(form);
        }
        return parser.getString();
    }

    private InvalidRequestException invalid(String form) {
        return new InvalidRequestException("exec.run: the field must be " + form + ", field=" + field);
    }
}
