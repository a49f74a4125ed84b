package dev.cloche.host.hostcall;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads `[["name", "value"], ...]`.
record PairReader(String op, String field, int countMax) {

    List<Map.Entry<String, String>> read(JsonFactory factory, String json) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
            expect(parser, JsonToken.START_ARRAY);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                check(parser, JsonToken.START_ARRAY);
                String name = string(parser);
                String value = string(parser);
                expect(parser, JsonToken.END_ARRAY);
                pairs.add(Map.entry(name, value));
                if (pairs.size() > countMax) {
                    throw new InvalidRequestException(
                            op + ": the field must have at most " + countMax + " pairs, field=" + field);
                }
            }
        }
        return List.copyOf(pairs);
    }

    private String string(JsonParser parser) {
        expect(parser, JsonToken.VALUE_STRING);
        return parser.getString();
    }

    private void expect(JsonParser parser, JsonToken token) {
        parser.nextToken();
        check(parser, token);
    }

    private void check(JsonParser parser, JsonToken token) {
        if (parser.currentToken() != token) {
            throw new InvalidRequestException(op + ": the field must be a list of pairs of strings, field=" + field
                    + " found=" + JsonRequest.form(parser.currentToken()));
        }
    }
}
