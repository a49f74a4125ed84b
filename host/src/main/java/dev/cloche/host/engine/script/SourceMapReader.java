package dev.cloche.host.engine.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads a source map's JSON, once and in one pass, so that the text of the sources is skipped instead of held.
final class SourceMapReader implements AutoCloseable {
    static final int SOURCES_MAX = 100_000;
    static final int SOURCE_NAME_CHARS_MAX = 500;

    private static final int VERSION = 3;
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonParser json;
    private final SourceMapSegments.Builder segments = new SourceMapSegments.Builder();
    private final List<Optional<String>> sources = new ArrayList<>();

    SourceMapReader(byte[] bytes) {
        int start = afterGuard(bytes);
        json = JSON.createParser(ObjectReadContext.empty(), bytes, start, bytes.length - start);
    }

    /// Reads the map.
    ///
    /// @throws SourceMapException if it breaks the format or a limit
    /// @throws tools.jackson.core.JacksonException if it is not JSON
    SourceMapSegments read() {
        require(json.nextToken() == JsonToken.START_OBJECT, "it is not a JSON object");
        readMap(0, 0, true);
        return segments.build();
    }

    /// The sources' names, by the index that segments name; empty where the map gives none.
    List<Optional<String>> sources() {
        return List.copyOf(sources);
    }

    @Override
    public void close() {
        json.close();
    }

    /// The fields of one map, in whatever order they come: `mappings` can be decoded only when `sources` is known.
    private static final class Fields {
        boolean versioned;
        boolean sectioned;
        String root = "";
        List<Optional<String>> sources = List.of();

        @Nullable
        String mappings;
    }

    private void readMap(int line, int column, boolean sectionsAllowed) {
        var fields = new Fields();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "version" -> fields.versioned = integer("version") == VERSION;
                case "sourceRoot" -> fields.root = value == JsonToken.VALUE_STRING ? json.getString() : "";
                case "sources" -> fields.sources = readSources();
                case "mappings" -> {
                    require(value == JsonToken.VALUE_STRING, "mappings is not a string");
                    fields.mappings = json.getString();
                }
                case "sections" -> {
                    require(sectionsAllowed, "a section has sections");
                    fields.sectioned = true;
                    readSections();
                }
                default -> json.skipChildren();
            }
        }
        require(fields.versioned, "its version is not 3");
        addMappings(fields, line, column);
    }

    private void addMappings(Fields fields, int line, int column) {
        if (fields.mappings == null) {
            require(fields.sectioned, "it has neither mappings nor sections");
            return;
        }
        int first = sources.size();
        require(first + fields.sources.size() <= SOURCES_MAX, "it has too many sources, max=" + SOURCES_MAX);
        for (Optional<String> source : fields.sources) {
            sources.add(source.map(name -> rooted(fields.root, name)));
        }
        segments.add(fields.mappings, line, column, first, fields.sources.size());
    }

    private List<Optional<String>> readSources() {
        require(json.currentToken() == JsonToken.START_ARRAY, "sources is not an array");
        var names = new ArrayList<Optional<String>>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            require(names.size() < SOURCES_MAX, "it has too many sources, max=" + SOURCES_MAX);
            require(token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL, "a source is not a string");
            names.add(token == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(json.getString()));
        }
        return names;
    }

    private void readSections() {
        require(json.currentToken() == JsonToken.START_ARRAY, "sections is not an array");
        while (json.nextToken() == JsonToken.START_OBJECT) {
            readSection();
        }
        require(json.currentToken() == JsonToken.END_ARRAY, "a section is not an object");
    }

    private void readSection() {
        var offset = new Offset(-1, -1);
        boolean mapped = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("offset") && value == JsonToken.START_OBJECT) {
                offset = readOffset();
            } else if (name.equals("map") && value == JsonToken.START_OBJECT) {
                require(offset.line >= 0 && offset.column >= 0, "a section's map comes without an offset before it");
                readMap(offset.line, offset.column, false);
                mapped = true;
            } else {
                json.skipChildren();
            }
        }
        require(mapped, "a section has no map");
    }

    /// Where a section's code begins, counted from zero; negative where the map does not say.
    private record Offset(int line, int column) {}

    private Offset readOffset() {
        int line = -1;
        int column = -1;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "line" -> line = integer("a section's line");
                case "column" -> column = integer("a section's column");
                default -> json.skipChildren();
            }
        }
        return new Offset(line, column);
    }

    private int integer(String what) {
        require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, what + " is not a whole number");
        return json.getIntValue();
    }

    private static String rooted(String root, String name) {
        String path = root.isEmpty() || root.endsWith("/") ? root + name : root + "/" + name;
        String printable = path.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= SOURCE_NAME_CHARS_MAX
                ? printable
                : "..." + printable.substring(printable.length() - SOURCE_NAME_CHARS_MAX);
    }

    /// Where the JSON begins: a map may be guarded against being run as a script by a first line `)]}'`.
    private static int afterGuard(byte[] bytes) {
        if (bytes.length < 3 || bytes[0] != ')' || bytes[1] != ']' || bytes[2] != '}') {
            return 0;
        }
        int position = 3;
        while (position < bytes.length && bytes[position] != '\n') {
            position++;
        }
        return position;
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new SourceMapException(problem);
        }
    }
}
