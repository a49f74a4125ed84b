package dev.cloche.host.bundle;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads a manifest's text strictly: UTF-8 without a byte order mark, one JSON value, no field twice, all of it
/// bounded.
final class ManifestJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(BundleLimits.MANIFEST_DEPTH_MAX)
                    .maxDocumentLength(BundleLimits.MANIFEST_BYTES_MAX)
                    .maxStringLength(BundleLimits.MANIFEST_STRING_MAX)
                    .maxNameLength(BundleLimits.MANIFEST_STRING_MAX)
                    .maxNumberLength(BundleLimits.MANIFEST_NUMBER_DIGITS_MAX)
                    .build())
            .build();
    private static final int DETAIL_MAX = 160;
    private static final String SAVE_AS_UTF8 = "save the file as UTF-8 without a byte order mark";

    private final JsonParser parser;
    private final Violations violations;

    private ManifestJson(JsonParser parser, Violations violations) {
        this.parser = parser;
        this.violations = violations;
    }

    /// The manifest's value, or nothing if the text is not JSON; then it has been said why.
    static Optional<JsonNode> read(byte[] bytes, Violations violations) {
        if (bytes.length > BundleLimits.MANIFEST_BYTES_MAX) {
            violations.add(
                    "",
                    "is larger than a manifest may be, bytes=" + bytes.length + " max="
                            + BundleLimits.MANIFEST_BYTES_MAX,
                    "shorten it");
            return Optional.empty();
        }
        if (!isPlainUtf8(bytes, violations)) {
            return Optional.empty();
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            return new ManifestJson(parser, violations).document(bytes.length);
        }
    }

    private static boolean isPlainUtf8(byte[] bytes, Violations violations) {
        if (bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            violations.add("", "begins with a byte order mark", SAVE_AS_UTF8);
            return false;
        }
        long malformed = malformedAt(bytes);
        if (malformed >= 0) {
            violations.add("", "is not UTF-8, byte=" + malformed, SAVE_AS_UTF8);
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                violations.add("", "has a NUL byte, byte=" + i, SAVE_AS_UTF8);
                return false;
            }
        }
        return true;
    }

    /// Where bytes stop being UTF-8, or -1.
    static long malformedAt(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(8 << 10);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isError()) {
                return in.position();
            }
            if (result.isUnderflow()) {
                return -1;
            }
            out.clear();
        }
    }

    private Optional<JsonNode> document(int length) {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                violations.add(
                        "", "is empty", "write a manifest, for example {\"apiVersion\": \"cloche.dev/v1\", ...}");
                return Optional.empty();
            }
            JsonNode value = value(first, "");
            if (parser.nextToken() != null) {
                violations.add("", "has more than one JSON value," + position(length), "write one object only");
                return Optional.empty();
            }
            return Optional.of(value);
        } catch (StreamConstraintsException e) {
            violations.add("", "is beyond a bound: " + limit(e) + position(length), "make it smaller");
        } catch (JacksonException e) {
            if (String.valueOf(e.getOriginalMessage()).startsWith("Unexpected end-of-input")) {
                violations.add(
                        "",
                        "ends before its JSON does, byte=" + length,
                        "close what is open: quotation marks, ] and }");
            } else {
                violations.add("", "is not JSON: " + detail(e) + position(e, length), "mend the text at this place");
            }
        }
        return Optional.empty();
    }

    private JsonNode value(JsonToken token, String pointer) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (token) {
            case START_OBJECT -> object(pointer);
            case START_ARRAY -> array(pointer);
            case VALUE_STRING -> nodes.stringNode(parser.getString());
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            case VALUE_NUMBER_INT ->
                switch (parser.getNumberType()) {
                    case INT -> nodes.numberNode(parser.getIntValue());
                    case LONG -> nodes.numberNode(parser.getLongValue());
                    default -> nodes.numberNode(parser.getBigIntegerValue());
                };
            case VALUE_NUMBER_FLOAT -> decimal(pointer);
            default -> nodes.nullNode();
        };
    }

    private JsonNode decimal(String pointer) {
        double value = parser.getDoubleValue();
        if (Math.abs(value) >= 0x1p63 && Double.isFinite(value)) {
            // A whole number, which the schema's library compares exactly only when it looks like one.
            return JsonNodeFactory.instance.numberNode(new BigDecimal(value).toBigInteger());
        }
        if (Double.isFinite(value)) {
            return JsonNodeFactory.instance.numberNode(value);
        }
        violations.add(pointer, "is a number beyond all bounds", "write a smaller number");
        return JsonNodeFactory.instance.nullNode();
    }

    private ObjectNode object(String pointer) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String at = pointer + "/" + escape(name);
            JsonNode value = value(parser.nextToken(), at);
            if (object.has(name)) {
                violations.add(at, "is there twice", "keep one of them");
            } else {
                object.set(name, value);
            }
        }
        return object;
    }

    private ArrayNode array(String pointer) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(token, pointer + "/" + array.size()));
        }
        return array;
    }

    /// A field's name as part of an RFC 6901 pointer.
    static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private static String limit(StreamConstraintsException e) {
        String text = String.valueOf(e.getOriginalMessage());
        if (text.contains("nesting depth")) {
            return "objects and arrays within each other, max=" + BundleLimits.MANIFEST_DEPTH_MAX;
        }
        if (text.contains("Number")) {
            return "digits of a number, max=" + BundleLimits.MANIFEST_NUMBER_DIGITS_MAX;
        }
        return "length of a text, max=" + BundleLimits.MANIFEST_STRING_MAX;
    }

    /// What the parser says, without the parts that speak of its own settings.
    private static String detail(JacksonException e) {
        String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        for (String settings : new String[] {" (not recognized as one", ": enable `"}) {
            int at = text.indexOf(settings);
            text = at < 0 ? text : text.substring(0, at);
        }
        return Text.clean(text, DETAIL_MAX);
    }

    private static String position(JacksonException e, int length) {
        var at = e.getLocation();
        long offset = at == null ? -1 : at.getByteOffset();
        if (at == null || offset < 0) {
            return ", byte=" + length;
        }
        return ", line=" + at.getLineNr() + " column=" + at.getColumnNr() + " byte=" + offset;
    }

    private String position(int length) {
        var at = parser.currentTokenLocation();
        return at.getByteOffset() < 0
                ? " byte=" + length
                : " line=" + at.getLineNr() + " column=" + at.getColumnNr() + " byte=" + at.getByteOffset();
    }
}
