package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A request as the compat lane reads it. Everything that is wrong is an [InvalidRequestException] that names the
/// operation and, where it is about one, the field.
public final class CompatRequest {
    private static final int INT_CHARS_MAX = 11;

    private final String op;
    private final Map<String, CompatJson.Value> fields;

    private CompatRequest(String op, Map<String, CompatJson.Value> fields) {
        this.op = op;
        this.fields = fields;
    }

    /// @param bytesMax how large it may be
    /// @param known the names of all fields there may be
    public static CompatRequest read(String op, Payload request, int bytesMax, List<String> known) {
        if (request.size() > bytesMax) {
            throw new InvalidRequestException(
                    op + ": the request is too large, max=" + bytesMax + " bytes=" + request.size());
        }
        try {
            Map<String, CompatJson.Value> fields = CompatJson.object(request.unsafeBytes(), JsonRequest.NESTING_MAX);
            for (String name : fields.keySet()) {
                if (!known.contains(name)) {
                    throw new InvalidRequestException(
                            op + ": there is no such field, field=" + JsonRequest.shown(name) + " known=" + known);
                }
            }
            return new CompatRequest(op, fields);
        } catch (CompatJson.MalformedException e) {
            throw new InvalidRequestException(op + ": the request must be one JSON object: " + e.getMessage());
        }
    }

    /// A text that has to be one JSON value.
    public static String value(String op, String field, String text, int bytesMax) {
        if (text.getBytes(StandardCharsets.UTF_8).length > bytesMax) {
            throw new InvalidRequestException(
                    op + ": the field must have at most " + bytesMax + " bytes in UTF-8, field=" + field);
        }
        try {
            return CompatJson.value(text, JsonRequest.NESTING_MAX);
        } catch (CompatJson.MalformedException e) {
            throw new InvalidRequestException(
                    op + ": the field must be one JSON value: " + e.getMessage() + ", field=" + field);
        }
    }

    /// Whether the field is there.
    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /// A string of so many bytes in UTF-8, well formed.
    public String string(String field, int bytesMin, int bytesMax) {
        String text = anyString(field);
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw wrong(field, "well-formed Unicode");
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < bytesMin || bytes > bytesMax) {
            throw wrong(field, "of " + bytesMin + " to " + bytesMax + " bytes in UTF-8");
        }
        return text;
    }

    /// A string of any length, of any characters.
    public String anyString(String field) {
        return require(field, CompatJson.Type.STRING, "a string").text();
    }

    /// A whole number within bounds.
    public int integer(String field, int min, int max, int absent) {
        if (!has(field)) {
            return absent;
        }
        String form = "a whole number from " + min + " to " + max;
        String raw = require(field, CompatJson.Type.NUMBER, form).raw();
        if (raw.length() > INT_CHARS_MAX || !raw.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
            throw wrong(field, form);
        }
        long value = Long.parseLong(raw);
        if (value < min || value > max) {
            throw wrong(field, form);
        }
        return (int) value;
    }

    /// One of several words.
    public String oneOf(String field, List<String> words) {
        String text = anyString(field);
        if (!words.contains(text)) {
            throw wrong(field, "one of " + words);
        }
        return text;
    }

    /// A value of any type, as the guest wrote it.
    public String json(String field, int bytesMax) {
        CompatJson.Value value = fields.get(field);
        if (value == null) {
            throw wrong(field, "there");
        }
        String raw = value.raw();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(raw)) {
            throw wrong(field, "well-formed Unicode");
        }
        if (raw.getBytes(StandardCharsets.UTF_8).length > bytesMax) {
            throw wrong(field, "at most " + bytesMax + " bytes in UTF-8");
        }
        return raw;
    }

    /// A list of pairs of strings, or an empty one where the field is absent.
    public List<Map.Entry<String, String>> pairs(String field, int countMax) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        if (!has(field)) {
            return pairs;
        }
        String raw = require(field, CompatJson.Type.ARRAY, "a list of pairs of strings")
                .raw();
        try {
            for (List<String> pair : CompatJson.lists(raw)) {
                if (pair.size() != 2) {
                    throw wrong(field, "a list of pairs of strings");
                }
                pairs.add(Map.entry(pair.getFirst(), pair.getLast()));
            }
        } catch (CompatJson.MalformedException e) {
            throw wrong(field, "a list of pairs of strings");
        }
        if (pairs.size() > countMax) {
            throw wrong(field, "at most " + countMax + " pairs");
        }
        return pairs;
    }

    private CompatJson.Value require(String field, CompatJson.Type type, String form) {
        CompatJson.Value value = fields.get(field);
        if (value == null || value.type() != type) {
            throw wrong(field, form);
        }
        return value;
    }

    private InvalidRequestException wrong(String field, String form) {
        return new InvalidRequestException(op + ": the field must be " + form + ", field=" + field);
    }
}
