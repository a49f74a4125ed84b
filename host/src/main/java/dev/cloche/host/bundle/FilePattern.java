package dev.cloche.host.bundle;

import java.util.List;
import java.util.Locale;

/// One line of what belongs to a bundle: a path whose names may hold `*` and `?`, and where `**` stands for any
/// folders. Wildcards never match hidden names and `node_modules`; those have to be spelled out.
///
/// @param pointer where the manifest says so; empty for a rule of ours, which need not match anything
record FilePattern(String text, String pointer, boolean ignoreCase) {
    private static final String ANY_FOLDERS = "**";
    private static final String DEPENDENCIES = "node_modules";

    static FilePattern required(String text, String pointer) {
        return new FilePattern(text, pointer, false);
    }

    static FilePattern optional(String text) {
        return new FilePattern(text, "", false);
    }

    static FilePattern optionalIgnoringCase(String text) {
        return new FilePattern(text, "", true);
    }

    boolean isRequired() {
        return !pointer.isEmpty();
    }

    /// The names of the path, each a pattern of its own.
    List<String> names() {
        return List.of(text.split("/"));
    }

    static boolean isAnyFolders(String name) {
        return name.equals(ANY_FOLDERS);
    }

    static boolean isLiteral(String name) {
        return name.indexOf('*') < 0 && name.indexOf('?') < 0;
    }

    /// Whether wildcards pass a name by.
    static boolean isOutOfSight(String name) {
        return name.startsWith(".") || name.equals(DEPENDENCIES);
    }

    /// Whether a name matches one name of the pattern.
    boolean matches(String pattern, String name) {
        if (ignoreCase) {
            return matchesExactly(pattern.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
        }
        return matchesExactly(pattern, name);
    }

    /// Greedy match that goes back to the last star only, so its time is bounded by the product of the lengths.
    private static boolean matchesExactly(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int starName = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starName = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++starName;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
