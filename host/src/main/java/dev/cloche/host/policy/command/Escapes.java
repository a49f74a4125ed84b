package dev.cloche.host.policy.command;

/// Backslash sequences, as in `$'...'`, `echo -e`, `printf` and the strings of most languages.
final class Escapes {
    private static final String NAMES = "abefnrtv";
    private static final String VALUES = "\u0007\b\u001b\f\n\r\t\u000b";
    private static final int OCTAL = 8;
    private static final int HEXADECIMAL = 16;

    private Escapes() {}

    /// The text that is meant. What begins like no sequence stays as it is.
    static String decoded(String raw) {
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        StringBuilder decoded = new StringBuilder(raw.length());
        int i = 0;
        while (i < raw.length()) {
            i = raw.charAt(i) == '\\' && i + 1 < raw.length() ? sequence(raw, i + 1, decoded) : plain(raw, i, decoded);
        }
        return decoded.toString();
    }

    private static int plain(String raw, int at, StringBuilder decoded) {
        decoded.append(raw.charAt(at));
        return at + 1;
    }

    private static int sequence(String raw, int at, StringBuilder decoded) {
        char c = raw.charAt(at);
        int named = NAMES.indexOf(c);
        if (named >= 0) {
            decoded.append(VALUES.charAt(named));
            return at + 1;
        }
        return switch (c) {
            case '0' -> number(raw, at, 4, OCTAL, decoded);
            case '1', '2', '3', '4', '5', '6', '7' -> number(raw, at, 3, OCTAL, decoded);
            case 'x' -> number(raw, at + 1, 2, HEXADECIMAL, decoded);
            case 'u' -> number(raw, at + 1, 4, HEXADECIMAL, decoded);
            case 'U' -> number(raw, at + 1, 8, HEXADECIMAL, decoded);
            case '\\', '\'', '"', '?' -> plain(raw, at, decoded);
            default -> plain(raw, at, decoded.append('\\'));
        };
    }

    // U+0000 ends or leaves a text, depending on who reads it: here it leaves. Marks must not come in this way.
    private static int number(String raw, int at, int digitsMax, int radix, StringBuilder decoded) {
        int end = at;
        int value = 0;
        while (end < raw.length() && end < at + digitsMax && Character.digit(raw.charAt(end), radix) >= 0) {
            value = value * radix + Character.digit(raw.charAt(end), radix);
            end++;
        }
        if (end == at) {
            decoded.append('\\').append(raw.charAt(at - 1));
        } else if (value != 0) {
            char c = (char) value;
            decoded.append(value > Character.MAX_VALUE || value < 0 || Marks.isMark(c) ? '?' : c);
        }
        return end;
    }
}
