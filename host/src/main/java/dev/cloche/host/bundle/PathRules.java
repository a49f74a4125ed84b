package dev.cloche.host.bundle;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a path within a bundle may look like: names joined by `/`, relative, the same on every system.
final class PathRules {
    private static final String RELATIVE = "write a path relative to the bundle, for example \"dist/main.js\"";

    private PathRules() {}

    /// What is wrong with a path, and what to write instead.
    record Problem(String message, String hint) {}

    /// The first problem of a path, if it has one.
    static Optional<Problem> problem(String path) {
        if (path.isEmpty()) {
            return problem("is an empty path", RELATIVE);
        }
        int length = path.getBytes(StandardCharsets.UTF_8).length;
        if (length > BundleLimits.PATH_BYTES_MAX) {
            return problem(
                    "is longer than a path may be, bytes=" + length + " max=" + BundleLimits.PATH_BYTES_MAX,
                    "use shorter names");
        }
        if (path.indexOf('\0') >= 0) {
            return problem("has a NUL character in its path", "rename the file");
        }
        if (!path.codePoints().allMatch(Text::isPrintable)) {
            return problem("has a control or invisible character in its path", "rename the file");
        }
        if (path.indexOf('\\') >= 0) {
            return problem("has a backslash in its path", "write / between names");
        }
        if (path.startsWith("/")) {
            return problem("is an absolute path", RELATIVE);
        }
        if (path.length() > 1 && path.charAt(1) == ':' && Character.isLetter(path.charAt(0))) {
            return problem("begins with a drive letter", RELATIVE);
        }
        if (path.indexOf(':') >= 0) {
            return problem("has a colon in its path", "rename the file");
        }
        return segmentProblem(path);
    }

    private static Optional<Problem> segmentProblem(String path) {
        String[] names = path.split("/", -1);
        if (names.length > BundleLimits.PATH_DEPTH_MAX) {
            return problem(
                    "lies too deep, names=" + names.length + " max=" + BundleLimits.PATH_DEPTH_MAX,
                    "use fewer folders");
        }
        for (String name : names) {
            if (name.equals("..")) {
                return problem("leaves the bundle by \"..\"", RELATIVE);
            }
            if (name.equals(".") || name.isEmpty()) {
                return problem("has an empty or \".\" name in its path", RELATIVE);
            }
            if (name.endsWith(".") || name.endsWith(" ")) {
                return problem("has a name that ends with a dot or a space", "rename the file");
            }
        }
        return Optional.empty();
    }

    /// Reports names that would meet on a system that folds case or Unicode forms, and files that are folders too.
    /// A name that is there twice has to be found before, while reading.
    static void checkClashes(Collection<String> paths, Violations violations) {
        Map<String, String> files = new HashMap<>();
        for (String path : paths) {
            String other = files.putIfAbsent(fold(path), path);
            if (other != null) {
                violations.addFile(
                        path,
                        "differs from another file only in upper and lower case or accents, other=" + Text.quote(other),
                        "rename one of them");
            }
        }
        for (String path : paths) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                String file = files.get(fold(path.substring(0, slash)));
                if (file != null) {
                    violations.addFile(
                            path,
                            "lies in a folder that is also a file, file=" + Text.quote(file),
                            "rename one of them");
                    break;
                }
            }
        }
    }

    private static String fold(String path) {
        return Normalizer.normalize(path, Normalizer.Form.NFC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    private static Optional<Problem> problem(String message, String hint) {
        return Optional.of(new Problem(message, hint));
    }
}
