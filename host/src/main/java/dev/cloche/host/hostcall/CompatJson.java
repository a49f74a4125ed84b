package dev.cloche.host.hostcall;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads one JSON object in UTF-8, character by character, as RFC 8259 writes it. For the compat lane: it has nothing
/// in common with what the fast lane reads requests with.
final class CompatJson {
    /// What a value is.
    enum Type {
        STRING,
        NUMBER,
        OBJECT,
        ARRAY,
        BOOLEAN,
        NULL
    }

    /// A field's value.
    ///
    /// @param text a string's characters; otherwise empty
    /// @param raw the value as it stands in the request
    record Value(Type type, String text, String raw) {}

    /// What is wrong, and where.
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    private static final int HEX_DIGITS = 4;
    private static final int HEX = 16;

    private final String json;
    private final int nestingMax;
    private int at;

    private CompatJson(String json, int nestingMax) {
        this.json = json;
        this.nestingMax = nestingMax;
    }

    /// The fields of the object, in order.
    static Map<String, Value> object(byte[] utf8, int nestingMax) throws MalformedException {
        CompatJson reader = new CompatJson(decode(utf8), nestingMax);
        reader.space();
        Map<String, Value> fields = reader.fields();
        reader.space();
        if (reader.at < reader.json.length()) {
            throw reader.wrong("nothing may follow the object");
        }
        return fields;
    }

    /// One value, without the space around it.
    static String value(String json, int nestingMax) throws MalformedException {
        CompatJson reader = new CompatJson(json, nestingMax);
        Value value = reader.value(0);
        reader.space();
        if (reader.at < json.length()) {
            throw reader.wrong("nothing may follow the value");
        }
        return value.raw();
    }

    /// The elements of a list of lists of strings.
    static List<List<String>> lists(String json) throws MalformedException {
        CompatJson reader = new CompatJson(json, 2);
        List<List<String>> lists = new ArrayList<>();
        reader.expect('[');
        reader.space();
        if (reader.have(']')) {
            return lists;
        }
        do {
            reader.space();
            lists.add(reader.strings());
            reader.space();
        } while (reader.have(','));
        reader.expect(']');
        return lists;
    }

    private List<String> strings() throws MalformedException {
        List<String> strings = new ArrayList<>();
        expect('[');
        space();
        if (have(']')) {
            return strings;
        }
        do {
            space();
            strings.add(string());
            space();
        } while (have(','));
        expect(']');
        return strings;
    }

    private static String decode(byte[] utf8) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("the request is not UTF-8");
        }
    }

    private MalformedException wrong(String what) {
        return new MalformedException(what + ", at=" + at);
    }

    private Map<String, Value> fields() throws MalformedException {
        Map<String, Value> fields = new LinkedHashMap<>();
        expect('{');
        space();
        if (have('}')) {
            return fields;
        }
        do {
            space();
            String name = string();
            space();
            expect(':');
            if (fields.put(name, value(1)) != null) {
                throw wrong("a field is there twice, field=" + JsonRequest.shown(name));
            }
            space();
        } while (have(','));
        expect('}');
        return fields;
    }

    private Value value(int depth) throws MalformedException {
        space();
        int start = at;
        char first = at < json.length() ? json.charAt(at) : '\0';
        String text = "";
        Type type = switch (first) {
            case '"' -> {
                text = string();
                yield Type.STRING;
            }
            case '{' -> {
                container(depth);
                yield Type.OBJECT;
            }
            case '[' -> {
                container(depth);
                yield Type.ARRAY;
            }
            default -> word(first);
        };
        return new Value(type, text, json.substring(start, at));
    }

    private Type word(char first) throws MalformedException {
        return switch (first) {
            case 't' -> word("true", Type.BOOLEAN);
            case 'f' -> word("false", Type.BOOLEAN);
            case 'n' -> word("null", Type.NULL);
            default -> number();
        };
    }

    private void nested(int depth) throws MalformedException {
        if (depth > nestingMax) {
            throw wrong("nested too deeply, max=" + nestingMax);
        }
    }

    /// Passes over an object or array and all that is in it. Without recursion: a guest that comes here near the end of
    /// its stack must not use up what is left by how deep its request is nested.
    private void container(int depth) throws MalformedException {
        StringBuilder ends = new StringBuilder();
        do {
            space();
            boolean whole = true;
            if (have('{')) {
                whole = begin(ends, '}', depth);
            } else if (have('[')) {
                whole = begin(ends, ']', depth);
            } else {
                scalar();
            }
            if (whole) {
                end(ends);
            }
            if (!ends.isEmpty() && ends.charAt(ends.length() - 1) == '}') {
                space();
                string();
                space();
                expect(':');
            }
        } while (!ends.isEmpty());
    }

    /// @return whether it is empty, and passed
    private boolean begin(StringBuilder ends, char end, int depth) throws MalformedException {
        nested(depth + ends.length() + 1);
        space();
        if (have(end)) {
            return true;
        }
        ends.append(end);
        return false;
    }

    /// Passes over what follows a value: a comma, or the ends of all that ends here.
    private void end(StringBuilder ends) throws MalformedException {
        while (!ends.isEmpty()) {
            space();
            if (have(',')) {
                return;
            }
            expect(ends.charAt(ends.length() - 1));
            ends.setLength(ends.length() - 1);
        }
    }

    private void scalar() throws MalformedException {
        char first = at < json.length() ? json.charAt(at) : '\0';
        if (first == '"') {
            string();
        } else {
            word(first);
        }
    }

    private Type word(String word, Type type) throws MalformedException {
        if (!json.startsWith(word, at)) {
            throw wrong("not a value");
        }
        at += word.length();
        return type;
    }

    private Type number() throws MalformedException {
        have('-');
        if (!have('0')) {
            digits();
        }
        if (have('.')) {
            digits();
        }
        if (have('e') || have('E')) {
            if (!have('+')) {
                have('-');
            }
            digits();
        }
        return Type.NUMBER;
    }

    private void digits() throws MalformedException {
        int start = at;
        while (at < json.length() && json.charAt(at) >= '0' && json.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw wrong("not a value");
        }
    }

    private String string() throws MalformedException {
        expect('"');
        StringBuilder text = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return text.toString();
            }
            if (c < ' ') {
                throw wrong("a control character in a string must be escaped");
            }
            text.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() throws MalformedException {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("there is no such escape");
        };
    }

    private char unicode() throws MalformedException {
        int code = 0;
        for (int i = 0; i < HEX_DIGITS; i++) {
            char c = next();
            int digit = c < 0x80 ? Character.digit(c, HEX) : -1;
            if (digit < 0) {
                throw wrong("\\u needs four hexadecimal digits");
            }
            code = code * HEX + digit;
        }
        return (char) code;
    }

    private char next() throws MalformedException {
        if (at >= json.length()) {
            throw wrong("the request ends in the middle");
        }
        return json.charAt(at++);
    }

    private void expect(char wanted) throws MalformedException {
        if (!have(wanted)) {
            throw wrong("there must be a '" + wanted + "' here");
        }
    }

    private boolean have(char wanted) {
        boolean found = at < json.length() && json.charAt(at) == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void space() {
        while (at < json.length() && " \t\n\r".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
    }
}
