package dev.cloche.host.policy.command;

/// Characters with a meaning of their own inside words. They are noncharacters of Unicode, and are taken out of every
/// text that is read, so that no command can write them.
final class Marks {
    /// Stands for text that is not known before the command runs.
    static final char UNKNOWN = '\uFDD0';

    /// Before a character that was quoted.
    static final char QUOTED = '\uFDD1';

    /// Before the number, as a character, of an expansion.
    static final char EXPANSION = '\uFDD2';

    /// Where quotes are: the word is there even if nothing is in them.
    static final char PRESENT = '\uFDD3';

    static final String UNKNOWN_TEXT = String.valueOf(UNKNOWN);

    private Marks() {}

    static boolean isMark(char c) {
        return c >= UNKNOWN && c <= PRESENT;
    }

    /// Whether all of the text is known.
    static boolean known(String text) {
        return text.indexOf(UNKNOWN) < 0;
    }

    /// The text as a command may have it: without marks and without U+0000.
    static String cleaned(String text) {
        StringBuilder cleaned = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\0' || isMark(c)) {
                if (cleaned == null) {
                    cleaned = new StringBuilder(text);
                }
                cleaned.setCharAt(i, '?');
            }
        }
        return cleaned == null ? text : cleaned.toString();
    }
}
