package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The strings in a piece of code, as most languages write them.
final class CodeStrings {
    private static final String BRACKETS = "([{</|!";
    private static final String CLOSING = ")]}>/|!";

    /// Between a program and the list of its arguments.
    private static final Pattern LIST = Pattern.compile(",\\s*+(\\{\\s*+args:\\s*+)?\\[?");

    private CodeStrings() {}

    /// Strings with nothing but commas between them: perhaps a program and its arguments.
    record Group(List<String> strings) {}

    /// @param stringsMax how many are looked at
    static List<Group> of(String code, int stringsMax) {
        List<Group> groups = new ArrayList<>();
        List<String> current = new ArrayList<>();
        int count = 0;
        int end = 0;
        for (int i = 0; i < code.length() && count < stringsMax; ) {
            int start = opening(code, i);
            if (start < 0) {
                i++;
                continue;
            }
            int close = closing(code, start);
            String text = Escapes.decoded(code.substring(start + 1, Math.min(close, code.length())));
            String gap = code.substring(Math.min(end, i), i).strip();
            if (!current.isEmpty()
                    && !joins(gap, text, current)
                    && !LIST.matcher(gap).matches()) {
                groups.add(new Group(List.copyOf(current)));
                current.clear();
            }
            if (current.isEmpty() || LIST.matcher(gap).matches()) {
                current.add(text);
            }
            count++;
            end = Math.min(close + 1, code.length());
            i = Math.max(end, i + 1);
        }
        if (!current.isEmpty()) {
            groups.add(new Group(List.copyOf(current)));
        }
        return groups;
    }

    /// `'a' + 'b'`, `'a' . 'b'`, `'a' 'b'`: one string in pieces.
    private static boolean joins(String gap, String text, List<String> current) {
        boolean joined = gap.equals("+") || gap.equals(".") || gap.equals("..") || gap.isEmpty();
        if (joined) {
            current.set(current.size() - 1, current.getLast() + text);
        }
        return joined;
    }

    /// Where the delimiter is of a string that begins here, -1 if none does.
    private static int opening(String code, int at) {
        char c = code.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
            return at;
        }
        boolean quoteLike = code.startsWith("qx", at) || code.startsWith("%x", at) || code.startsWith("qq", at);
        boolean bracket = quoteLike && at + 2 < code.length() && BRACKETS.indexOf(code.charAt(at + 2)) >= 0;
        return bracket ? at + 2 : -1;
    }

    private static int closing(String code, int start) {
        char open = code.charAt(start);
        int bracket = BRACKETS.indexOf(open);
        char close = bracket < 0 ? open : CLOSING.charAt(bracket);
        for (int i = start + 1; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == close) {
                return i;
            }
        }
        return code.length();
    }
}
