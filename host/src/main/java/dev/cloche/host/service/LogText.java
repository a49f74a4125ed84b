package dev.cloche.host.service;

/// Makes a guest's text fit for a log: one line, bounded, and nothing in it that a terminal or a reader would take for
/// something else (line breaks, escape sequences, reversed writing).
final class LogText {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private LogText() {}

    static String onOneLine(String text) {
        int end = Math.min(text.length(), LogService.MESSAGE_CHARS_MAX);
        StringBuilder line = new StringBuilder(end);
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            append(line, c);
            i += Character.charCount(c);
        }
        if (text.length() > end) {
            line.append("... (cut, chars=").append(text.length()).append(')');
        }
        return line.toString();
    }

    private static void append(StringBuilder line, int c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (hidden(c)) {
                    line.append(String.format("\\u%04x", c));
                } else {
                    line.appendCodePoint(c);
                }
            }
        }
    }

    private static boolean hidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            // Joiners shape ordinary words in several scripts; the other format characters reverse or hide text.
            case Character.FORMAT -> c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER;
            default -> false;
        };
    }
}
