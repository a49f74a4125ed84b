package dev.cloche.host.policy.command;

import java.util.Objects;

/// One thing that a command would do.
///
/// @param part the part of the command that shows it, on one line, at most [#PART_CHARS_MAX] characters
public record CommandFinding(CommandClass kind, String part) {
    /// How long a part may be.
    public static final int PART_CHARS_MAX = 160;

    private static final String CUT = "...";

    public CommandFinding {
        Objects.requireNonNull(kind, "kind");
        part = shown(part);
    }

    public CommandLevel level() {
        return kind.level();
    }

    private static String shown(String part) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < part.length(); i++) {
            if (shown.length() >= PART_CHARS_MAX - CUT.length() && part.length() > i + CUT.length()) {
                return shown.append(CUT).toString();
            }
            char c = part.charAt(i);
            shown.append(invisible(c) ? '?' : c);
        }
        return shown.toString();
    }

    private static boolean invisible(char c) {
        int type = Character.getType(c);
        return Marks.isMark(c)
                || Character.isISOControl(c)
                || type == Character.SURROGATE
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
