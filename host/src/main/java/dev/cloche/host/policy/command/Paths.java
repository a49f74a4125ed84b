package dev.cloche.host.policy.command;

import java.util.ArrayList;
import java.util.List;

/// Paths as text: nothing is looked at on disk.
final class Paths {
    private static final String PARENT = "..";

    private Paths() {}

    /// A path without `.`, without doubled slashes, and without `..` where it can be resolved.
    ///
    /// @param folder where relative paths begin; empty for an unknown place
    static String resolved(String folder, String path) {
        boolean anchored = path.startsWith("/") || path.startsWith("~") || path.startsWith(Marks.UNKNOWN_TEXT);
        String whole = anchored || folder.isEmpty() ? path : folder + "/" + path;
        boolean absolute = whole.startsWith("/");
        List<String> names = new ArrayList<>();
        for (String name : whole.split("/", -1)) {
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            boolean up = name.equals(PARENT);
            if (up && !names.isEmpty() && !names.getLast().equals(PARENT) && !isHome(names.getLast())) {
                names.removeLast();
            } else if (!up || !absolute) {
                names.add(name);
            }
        }
        return (absolute ? "/" : "") + String.join("/", names);
    }

    private static boolean isHome(String name) {
        return name.startsWith("~");
    }

    /// Whether a resolved path names something below the folder that a command is started in: known, without a pattern
    /// in its first name, and not that folder itself.
    static boolean below(String resolved) {
        String first = resolved.split("/", 2)[0];
        return !first.isEmpty()
                && Marks.known(resolved)
                && !isHome(first)
                && !first.equals(PARENT)
                && !Globs.isPattern(first);
    }

    /// What comes after the last slash.
    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
