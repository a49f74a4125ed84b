package dev.cloche.host.engine.script;

import java.util.Optional;
import java.util.function.Predicate;

/// One line of the stack text that QuickJS writes: a function, perhaps without a name, and a place in a file.
///
/// ```
///     at function (file:line:column)
///     at file:line:column
/// ```
/// Line and column count from one; QuickJS counts columns in bytes of UTF-8.
record ScriptFrame(String function, String file, int line, int column) {
    private static final String PREFIX = "at ";
    private static final int NUMBER_DIGITS_MAX = 9;
    private static final int CANDIDATES_MAX = 16;

    /// Reads a line that names a file of this kind. Names and paths may hold spaces and brackets, so of several
    /// readings the first that gives such a file holds.
    static Optional<ScriptFrame> parse(String text, Predicate<String> isFile) {
        String frame = text.strip();
        if (!frame.startsWith(PREFIX)) {
            return Optional.empty();
        }
        frame = frame.substring(PREFIX.length());
        if (!frame.endsWith(")")) {
            return place("", frame).filter(read -> isFile.test(read.file));
        }
        int open = frame.indexOf(" (");
        for (int i = 0; i < CANDIDATES_MAX && open >= 0; i++) {
            var read = place(frame.substring(0, open), frame.substring(open + 2, frame.length() - 1));
            if (read.isPresent() && isFile.test(read.get().file)) {
                return read;
            }
            open = frame.indexOf(" (", open + 1);
        }
        return Optional.empty();
    }

    private static Optional<ScriptFrame> place(String function, String place) {
        int columnAt = place.lastIndexOf(':');
        int lineAt = columnAt < 0 ? -1 : place.lastIndexOf(':', columnAt - 1);
        if (lineAt <= 0) {
            return Optional.empty();
        }
        int line = number(place, lineAt + 1, columnAt);
        int column = number(place, columnAt + 1, place.length());
        return line < 1 || column < 1
                ? Optional.empty()
                : Optional.of(new ScriptFrame(function, place.substring(0, lineAt), line, column));
    }

    /// The number between two positions, or 0 if there is none.
    private static int number(String text, int from, int to) {
        if (from == to || to - from > NUMBER_DIGITS_MAX) {
            return 0;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }

    /// The same frame at another place.
    ScriptFrame at(String otherFile, int otherLine, int otherColumn) {
        return new ScriptFrame(function, otherFile, otherLine, otherColumn);
    }

    /// The line of text, as QuickJS would write it.
    @Override
    public String toString() {
        String place = file + ":" + line + ":" + column;
        return function.isEmpty() ? "    at " + place : "    at " + function + " (" + place + ")";
    }
}
