package dev.cloche.host.engine.script;

import java.util.Arrays;

/// The mappings of a source map as a table: for each piece of a generated line, the source, line and column it comes
/// from. All numbers count from zero. Immutable.
///
/// ```
/// mappings := line (';' line)*      line := [segment (',' segment)*]
/// segment  := column [source line column [name]]
/// ```
/// Each number is a base-64 VLQ and relative to the one of its kind before; the column starts anew on each line. Names
/// are checked but not kept: stack frames bring their own. Empty lines take no room, however many a section's offset
/// skips.
final class SourceMapSegments {
    static final int SEGMENTS_MAX = 2_000_000;
    static final SourceMapSegments EMPTY = new Builder().build();

    private static final int UNMAPPED = -1;

    private final int[] lines;
    private final int[] columns;
    private final int[] sources;
    private final int[] sourceLines;
    private final int[] sourceColumns;

    private SourceMapSegments(Builder builder) {
        lines = Arrays.copyOf(builder.lines, builder.count);
        columns = Arrays.copyOf(builder.columns, builder.count);
        sources = Arrays.copyOf(builder.sources, builder.count);
        sourceLines = Arrays.copyOf(builder.sourceLines, builder.count);
        sourceColumns = Arrays.copyOf(builder.sourceColumns, builder.count);
    }

    /// The segment that covers a place, or a negative number. A place before a line's first segment belongs to that
    /// one: QuickJS now and then gives the start of the line.
    int find(int line, int column) {
        int low = 0;
        int high = lines.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (lines[middle] < line || (lines[middle] == line && columns[middle] <= column)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int segment = low > 0 && lines[low - 1] == line ? low - 1 : low;
        return segment < lines.length && lines[segment] == line && sources[segment] != UNMAPPED ? segment : UNMAPPED;
    }

    int source(int segment) {
        return sources[segment];
    }

    int sourceLine(int segment) {
        return sourceLines[segment];
    }

    int sourceColumn(int segment) {
        return sourceColumns[segment];
    }

    /// Gathers segments in the order of the generated code.
    static final class Builder {
        private static final int VLQ_DATA_BITS = 5;
        private static final int VLQ_CONTINUES = 1 << VLQ_DATA_BITS;
        private static final int VLQ_BITS_MAX = 35;
        private static final int CAPACITY = 16;

        private int[] lines = new int[CAPACITY];
        private int[] columns = new int[CAPACITY];
        private int[] sources = new int[CAPACITY];
        private int[] sourceLines = new int[CAPACITY];
        private int[] sourceColumns = new int[CAPACITY];
        private int count;
        private int line;

        private String mappings = "";
        private int position;

        SourceMapSegments build() {
            return new SourceMapSegments(this);
        }

        /// Adds mappings whose code begins at a line and column, and whose sources are numbered from `firstSource`.
        ///
        /// @throws SourceMapException if they break the format or a limit, or lie before what was added already
        void add(String text, int firstLine, int firstColumn, int firstSource, int sourceCount) {
            mappings = text;
            position = 0;
            line = firstLine;
            if (count > 0) {
                // The piece before ends where this one begins.
                append(firstColumn, UNMAPPED, 0, 0);
            }
            decode(firstColumn, firstSource, sourceCount);
        }

        private void decode(int firstColumn, int firstSource, int sourceCount) {
            int column = firstColumn;
            int source = 0;
            int sourceLine = 0;
            int sourceColumn = 0;
            while (position < mappings.length()) {
                char next = mappings.charAt(position);
                if (next == ';') {
                    position++;
                    line = nextLine();
                    column = 0;
                } else if (next == ',') {
                    position++;
                } else {
                    column = moved(column, "column");
                    if (segmentEnds()) {
                        append(column, UNMAPPED, 0, 0);
                    } else {
                        source = moved(source, "source");
                        sourceLine = moved(sourceLine, "source line");
                        sourceColumn = moved(sourceColumn, "source column");
                        if (source >= sourceCount) {
                            throw new SourceMapException("a mapping names no source, index=" + source);
                        }
                        append(column, firstSource + source, sourceLine, sourceColumn);
                        skipName();
                    }
                }
            }
        }

        private int nextLine() {
            if (line == Integer.MAX_VALUE) {
                throw new SourceMapException("it has too many lines");
            }
            return line + 1;
        }

        private void skipName() {
            if (!segmentEnds()) {
                number();
                if (!segmentEnds()) {
                    throw new SourceMapException("a mapping has too many numbers, position=" + position);
                }
            }
        }

        private boolean segmentEnds() {
            return position == mappings.length()
                    || mappings.charAt(position) == ','
                    || mappings.charAt(position) == ';';
        }

        private int moved(int value, String what) {
            long moved = value + number();
            if (moved < 0 || moved > Integer.MAX_VALUE - 1) {
                throw new SourceMapException("a mapping's " + what + " is out of range, position=" + position);
            }
            return (int) moved;
        }

        /// The next base-64 VLQ: five bits a digit, lowest first; the lowest bit of all is the sign.
        private long number() {
            long value = 0;
            for (int shift = 0; shift < VLQ_BITS_MAX; shift += VLQ_DATA_BITS) {
                int digit = position < mappings.length() ? base64(mappings.charAt(position)) : -1;
                if (digit < 0) {
                    break;
                }
                position++;
                value |= (long) (digit & (VLQ_CONTINUES - 1)) << shift;
                if ((digit & VLQ_CONTINUES) == 0) {
                    return (value & 1) == 0 ? value >>> 1 : -(value >>> 1);
                }
            }
            throw new SourceMapException("a mapping is malformed, position=" + position);
        }

        private static int base64(char digit) {
            if (digit >= 'A' && digit <= 'Z') {
                return digit - 'A';
            }
            if (digit >= 'a' && digit <= 'z') {
                return digit - 'a' + 26;
            }
            if (digit >= '0' && digit <= '9') {
                return digit - '0' + 52;
            }
            return digit == '+' ? 62 : digit == '/' ? 63 : -1;
        }

        private void append(int column, int source, int sourceLine, int sourceColumn) {
            if (count > 0 && (line < lines[count - 1] || (line == lines[count - 1] && column < columns[count - 1]))) {
                throw new SourceMapException("its mappings are not in the order of the code, line=" + (line + 1L));
            }
            if (count == SEGMENTS_MAX) {
                throw new SourceMapException("it has too many mappings, max=" + SEGMENTS_MAX);
            }
            if (count == columns.length) {
                grow(Math.min(SEGMENTS_MAX, count * 2));
            }
            lines[count] = line;
            columns[count] = column;
            sources[count] = source;
            sourceLines[count] = sourceLine;
            sourceColumns[count] = sourceColumn;
            count++;
        }

        private void grow(int capacity) {
            lines = Arrays.copyOf(lines, capacity);
            columns = Arrays.copyOf(columns, capacity);
            sources = Arrays.copyOf(sources, capacity);
            sourceLines = Arrays.copyOf(sourceLines, capacity);
            sourceColumns = Arrays.copyOf(sourceColumns, capacity);
        }
    }
}
