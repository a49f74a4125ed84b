package dev.cloche.host.engine.script;

import dev.cloche.host.call.Payload;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Where the pieces of a generated script come from, read from a source map of version 3. Immutable.
///
/// A map is the bundle's, so it may be anything: one that cannot be used becomes an empty map with a [#problem()],
/// never an exception. It takes memory in proportion to its text; the sources' own text is not kept.
///
/// Format: ECMA-426, index maps included.
final class SourceMap {
    static final int BYTES_MAX = 16 << 20;

    /// The map of a script that has none.
    static final SourceMap EMPTY = new SourceMap(List.of(), SourceMapSegments.EMPTY, null);

    /// A place in a source; line and column count from one.
    record Position(String source, int line, int column) {}

    private final List<Optional<String>> sources;
    private final SourceMapSegments segments;
    private final @Nullable String problem;

    private SourceMap(List<Optional<String>> sources, SourceMapSegments segments, @Nullable String problem) {
        this.sources = sources;
        this.segments = segments;
        this.problem = problem;
    }

    /// Reads a map.
    static SourceMap parse(Payload json) {
        if (json.size() > BYTES_MAX) {
            return unusable("it is too large, bytes=" + json.size() + ", max=" + BYTES_MAX);
        }
        try (var reader = new SourceMapReader(json.unsafeBytes())) {
            var segments = reader.read();
            return new SourceMap(reader.sources(), segments, null);
        } catch (JacksonException e) {
            return unusable("it is not JSON: " + e.getOriginalMessage());
        } catch (SourceMapException e) {
            return unusable(e.problem());
        }
    }

    /// An empty map that says why it is empty.
    static SourceMap unusable(String problem) {
        return new SourceMap(List.of(), SourceMapSegments.EMPTY, problem);
    }

    /// What is wrong with the map, if something is.
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /// Where the generated code at this line and column, counted from one and the column in UTF-16 units, comes from.
    Optional<Position> find(int line, int column) {
        int segment = segments.find(line - 1, column - 1);
        if (segment < 0) {
            return Optional.empty();
        }
        return sources.get(segments.source(segment))
                .map(source ->
                        new Position(source, segments.sourceLine(segment) + 1, segments.sourceColumn(segment) + 1));
    }
}
