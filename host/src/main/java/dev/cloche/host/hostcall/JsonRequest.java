package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// A request read strictly: one JSON object in UTF-8 of bounded size, with known fields only, each at most once. The
/// accessors check type and bounds; everything that is wrong is an [InvalidRequestException] naming field and form.
public final class JsonRequest {
    /// How deep arrays and objects may be nested.
    public static final int NESTING_MAX = 200;

    private static final int SHOWN_CHARS_MAX = 64;

    /// Of an escape of a character's number: a backslash, `u`, four digits.
    private static final int ESCAPE_CHARS = 6;

    private static final String FOREIGN_ESCAPE = "an escape must have four hexadecimal digits";

    /// Texts are as long as requests may be, and numbers are never computed with. It keeps no table of names: one that
    /// all requests share would be filled by whoever sends names that collide, and fail for everybody.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final String op;
    private final Map<String, Field> fields;

    private JsonRequest(String op, Map<String, Field> fields) {
        this.op = op;
        this.fields = fields;
    }

    /// Reads a request.
    ///
    /// @param bytesMax how large it may be
    /// @param known the names of all fields there may be
    public static JsonRequest read(String op, Payload request, int bytesMax, List<String> known) {
        if (request.size() > bytesMax) {
            throw new InvalidRequestException(
                    op + ": the request must have at most " + bytesMax + " bytes, bytes=" + request.size());
        }
        String json = decode(op, request);
        try (JsonParser parser = parser(json)) {
            Map<String, Field> fields = object(op, parser, json, known);
            if (parser.nextToken() != null) {
                throw new InvalidRequestException(op + ": the request must be one JSON object and nothing after it");
            }
            return new JsonRequest(op, fields);
        } catch (JacksonException e) {
            throw new InvalidRequestException(op + ": the request must be one JSON object: " + firstLine(e) + where(e));
        }
    }

    /// Parses a field's value as requests are parsed.
    public static JsonParser parser(String json) {
        return JSON.createParser(ObjectReadContext.empty(), json);
    }

    // Decoded here and not by the parser, which would guess the encoding from the first bytes.
    private static String decode(String op, Payload request) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(request.unsafeBytes());
        CharBuffer chars = CharBuffer.allocate(request.size());
        if (decoder.decode(bytes, chars, true).isError()) {
            throw new InvalidRequestException(
                    op + ": the request must be JSON in UTF-8; malformed at byte=" + bytes.position());
        }
        String json = chars.flip().toString();
        if (json.length() < request.size() && hasForeignEscape(json)) {
            throw new InvalidRequestException(op + ": the request must be one JSON object: " + FOREIGN_ESCAPE);
        }
        return json;
    }

    /// Whether an escape of a character's number has characters beyond ASCII: the parser takes some of them for digits.
    private static boolean hasForeignEscape(String json) {
        for (int at = json.indexOf('\\'); at >= 0; at = json.indexOf('\\', at + 2)) {
            int end = Math.min(json.length(), at + ESCAPE_CHARS);
            if (json.startsWith("u", at + 1) && json.substring(at, end).chars().anyMatch(c -> c >= 0x80)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, Field> object(String op, JsonParser parser, String json, List<String> known) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidRequestException(
                    op + ": the request must be a JSON object, found=" + form(parser.currentToken()));
        }
        Map<String, Field> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!known.contains(name)) {
                throw new InvalidRequestException(op + ": there is no such field; there are "
                        + (known.isEmpty() ? "none" : String.join(", ", known)) + ", field=" + shown(name));
            }
            if (fields.put(name, field(parser, json)) != null) {
                throw new InvalidRequestException(op + ": a field must be there once, field=" + name);
            }
        }
        return fields;
    }

    private static Field field(JsonParser parser, String json) {
        JsonToken token = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        String text = token.isScalarValue() ? parser.getString() : "";
        int end = (int) parser.currentLocation().getCharOffset();
        return new Field(token, text, json.substring(start, end));
    }

    private static String firstLine(JacksonException e) {
        return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("malformed");
    }

    private static String where(JacksonException e) {
        @Nullable TokenStreamLocation location = e.getLocation();
        return location == null ? "" : ", line=" + location.getLineNr() + " column=" + location.getColumnNr();
    }

    /// A text that has to be one JSON value, just as the guest wrote it.
    ///
    /// @param bytesMax how many bytes it may have in UTF-8
    public static String value(String op, String field, String text, int bytesMax) {
        int bytes = text.length() > bytesMax ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > bytesMax) {
            throw new InvalidRequestException(
                    op + ": the field must have at most " + bytesMax + " bytes in UTF-8, field=" + field);
        }
        if (bytes > text.length() && hasForeignEscape(text)) {
            throw new InvalidRequestException(
                    op + ": the field must be one JSON value: " + FOREIGN_ESCAPE + ", field=" + field);
        }
        try (JsonParser parser = parser(text)) {
            JsonToken token = parser.nextToken();
            parser.skipChildren();
            parser.finishToken();
            if (token == null || parser.nextToken() != null) {
                throw new InvalidRequestException(op + ": the field must be one JSON value, field=" + field);
            }
            return text.strip();
        } catch (JacksonException e) {
            throw new InvalidRequestException(
                    op + ": the field must be one JSON value: " + firstLine(e) + where(e) + ", field=" + field);
        }
    }

    /// Whether the field is there.
    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /// A string that must be there.
    ///
    /// @param bytesMax how many bytes it may have in UTF-8
    public String string(String field, int bytesMax) {
        return within(field, require(field, "a string", JsonToken.VALUE_STRING).text, bytesMax);
    }

    /// A string that must be there, as long as the request may be. It may hold halves of surrogate pairs.
    public String anyString(String field) {
        return require(field, "a string", JsonToken.VALUE_STRING).text;
    }

    private String within(String field, String text, int bytesMax) {
        int bytes = utf8Length(field, text);
        if (bytes > bytesMax) {
            throw new InvalidRequestException(op + ": the field must have at most " + bytesMax
                    + " bytes in UTF-8, field=" + field + " bytes=" + bytes);
        }
        return text;
    }

    /// A string that must be there and must not be empty.
    public String nonEmptyString(String field, int bytesMax) {
        String text = string(field, bytesMax);
        if (text.isEmpty()) {
            throw new InvalidRequestException(op + ": the field must be a string of 1 to " + bytesMax
                    + " bytes in UTF-8, field=" + field + " bytes=0");
        }
        return text;
    }

    /// A string, or what holds where it is absent.
    public String string(String field, int bytesMax, String absent) {
        return has(field) ? string(field, bytesMax) : absent;
    }

    /// A whole number within bounds, or what holds where it is absent.
    public int integer(String field, int min, int max, int absent) {
        if (!has(field)) {
            return absent;
        }
        String form = "a whole number from " + min + " to " + max;
        String text = require(field, form, JsonToken.VALUE_NUMBER_INT).text;
        // Ten characters hold every int; a longer one is out of bounds and could overflow the parser below.
        long value = text.length() > 11 ? Long.MAX_VALUE : Long.parseLong(text);
        if (value < min || value > max) {
            throw new InvalidRequestException(
                    op + ": the field must be " + form + ", field=" + field + " value=" + shown(text));
        }
        return (int) value;
    }

    /// One of several words.
    public String oneOf(String field, List<String> words) {
        String form = "one of " + String.join(", ", words);
        String text = require(field, form, JsonToken.VALUE_STRING).text;
        if (!words.contains(text)) {
            throw new InvalidRequestException(
                    op + ": the field must be " + form + ", field=" + field + " value=" + shown(text));
        }
        return text;
    }

    /// The JSON text of a field that must be there, of any type, just as the guest wrote it.
    ///
    /// @param bytesMax how many bytes it may have in UTF-8
    public String json(String field, int bytesMax) {
        Field found = fields.get(field);
        if (found == null) {
            throw wrongForm(field, "any JSON value", null);
        }
        return within(field, found.json, bytesMax);
    }

    /// The elements of a list of pairs of strings, or an empty list where the field is absent.
    public List<Map.Entry<String, String>> pairs(String field, int countMax) {
        Field found = fields.get(field);
        return found == null ? List.of() : new PairReader(op, field, countMax).read(JSON, found.json);
    }

    private Field require(String field, String form, JsonToken token) {
        Field found = fields.get(field);
        if (found == null || found.token != token) {
            throw wrongForm(field, form, found == null ? null : found.token);
        }
        return found;
    }

    private InvalidRequestException wrongForm(String field, String form, @Nullable JsonToken found) {
        return new InvalidRequestException(
                op + ": the field must be " + form + ", field=" + field + " found=" + form(found));
    }

    private int utf8Length(String field, String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidRequestException(
                        op + ": the field must be well-formed Unicode; half a surrogate pair, field=" + field
                                + " index=" + i);
            } else {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
        }
        return bytes;
    }

    static String form(@Nullable JsonToken token) {
        return switch (token) {
            case null -> "nothing";
            case START_OBJECT -> "object";
            case START_ARRAY -> "array";
            case VALUE_STRING -> "string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
            case VALUE_TRUE, VALUE_FALSE -> "boolean";
            case VALUE_NULL -> "null";
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT -> "nothing";
        };
    }

    /// The text as a message may show it: short, on one line.
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        int end = Math.min(text.length(), SHOWN_CHARS_MAX);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return shown.append(text.length() > end ? "..." : "").toString();
    }

    /// @param text the value of a scalar
    /// @param json the value as it stands in the request
    private record Field(JsonToken token, String text, String json) {}
}
