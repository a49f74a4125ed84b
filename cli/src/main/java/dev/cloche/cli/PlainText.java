package dev.cloche.cli;

/// Text that comes from a guest or a bundle, made fit for a terminal.
///
/// A guest must not be able to move the cursor, set colours or a window's title, or pass off a line of its own as one
/// of the host's: whatever is not to be printed is written as an escape such as `\u001b`.
final class PlainText {
    private PlainText() {}

    /// The text on one line.
    static String line(String text) {
        return escape(text, false);
    }

    /// The text with its line breaks and tabs as they are.
    static String block(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean keepLayout) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (keepLayout && (c == '\n' || c == '\t')) {
                plain.append((char) c);
            } else if (unfit(c)) {
                plain.append(String.format(c > 0xffff ? "\\u{%x}" : "\\u%04x", c));
            } else {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }

    /// Control characters, and the format characters that turn the direction of what follows.
    private static boolean unfit(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.SURROGATE -> true;
            default -> false;
        };
    }
}
