package dev.cloche.host.policy.command;

import org.jspecify.annotations.Nullable;

/// A place in a text that is being parsed. After the first mistake it stands at the end, so that everybody who reads
/// on comes to an end.
final class ShellCursor {
    /// What [#peek] answers at the end; no cleaned text contains it.
    static final char END = '\0';

    private final String text;
    private final int depthMax;
    private int position;
    private int depth;
    private @Nullable String problem;

    ShellCursor(String text, int depth, int depthMax) {
        this.text = text;
        this.depth = depth;
        this.depthMax = depthMax;
    }

    boolean atEnd() {
        return position >= text.length();
    }

    int position() {
        return position;
    }

    String since(int start) {
        return text.substring(Math.min(start, position), position).strip();
    }

    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        int at = position + ahead;
        return at < text.length() ? text.charAt(at) : END;
    }

    char next() {
        char c = peek();
        position = Math.min(position + 1, text.length());
        return c;
    }

    void skip(int count) {
        position = Math.min(position + count, text.length());
    }

    boolean at(String expected) {
        return text.startsWith(expected, position);
    }

    boolean at(String expected, int ahead) {
        return text.startsWith(expected, position + ahead);
    }

    boolean take(String expected) {
        if (at(expected)) {
            skip(expected.length());
            return true;
        }
        return false;
    }

    /// The rest of the line; stands behind its end afterwards.
    String line() {
        int end = text.indexOf('\n', position);
        String line = text.substring(position, end < 0 ? text.length() : end);
        position = end < 0 ? text.length() : end + 1;
        return line;
    }

    void expect(char c, String what) {
        if (peek() == c) {
            skip(1);
        } else {
            fail(what);
        }
    }

    void fail(String what) {
        if (problem == null) {
            problem = what;
        }
        position = text.length();
    }

    @Nullable
    String problem() {
        return problem;
    }

    /// Goes one level down. Whoever gets true calls [#leave] exactly once.
    boolean enter() {
        if (depth >= depthMax) {
            fail("too much within each other");
            return false;
        }
        depth++;
        return true;
    }

    void leave() {
        depth--;
    }

    int depth() {
        return depth;
    }
}
