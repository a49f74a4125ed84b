package dev.cloche.host.policy.command;

/// A shell's patterns for names: `*`, `?` and `[...]`.
final class Globs {
    private Globs() {}

    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    /// Whether a path fits a pattern, name by name. What is unknown in the pattern fits everything.
    static boolean matchesPath(String pattern, String path) {
        String[] patterns = pattern.split("/", -1);
        String[] names = path.split("/", -1);
        if (patterns.length != names.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            boolean hidden = names[i].startsWith(".") && !patterns[i].startsWith(".");
            if ((hidden && isPattern(patterns[i].substring(0, Math.min(1, patterns[i].length()))))
                    || !matches(patterns[i], names[i])) {
                return false;
            }
        }
        return true;
    }

    /// Whether a text fits a pattern as a whole. In time proportional to the product of their lengths: only the last
    /// star is ever tried again.
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            int after = p < pattern.length() ? one(pattern, p, text.charAt(t)) : -1;
            if (p < pattern.length() && isStar(pattern.charAt(p))) {
                star = p++;
                resume = t;
            } else if (after > 0) {
                p = after;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && isStar(pattern.charAt(p))) {
            p++;
        }
        return p == pattern.length();
    }

    private static boolean isStar(char c) {
        return c == '*' || c == Marks.UNKNOWN;
    }

    /// Where the pattern goes on if its next element fits the character; -1 if it does not.
    private static int one(String pattern, int at, char c) {
        char element = pattern.charAt(at);
        int close = element == '[' ? pattern.indexOf(']', at + 2) : -1;
        if (close > 0) {
            return inSet(pattern.substring(at + 1, close), c) ? close + 1 : -1;
        }
        return element == '?' || element == c ? at + 1 : -1;
    }

    private static boolean inSet(String set, char c) {
        boolean negated = set.startsWith("!") || set.startsWith("^");
        boolean found = false;
        for (int i = negated ? 1 : 0; i < set.length(); i++) {
            if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
                found |= c >= set.charAt(i) && c <= set.charAt(i + 2);
                i += 2;
            } else {
                found |= set.charAt(i) == c;
            }
        }
        return found != negated;
    }
}
