package dev.cloche.host.policy;

import dev.cloche.host.bundle.Capability;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// How far the parameters of a capability reach.
public final class Scopes {
    private static final String ANY = "*";

    private Scopes() {}

    /// What a guest is told of the rule that refused it.
    public static String why(String rule, String capability) {
        return switch (rule) {
            case Decision.BEYOND_MANIFEST -> "the manifest does not ask for it; add it to " + capability + " there";
            case Decision.DENIED -> "the operator denies it";
            default -> "the operator's grant does not cover it";
        };
    }

    /// Whether the capability's `names` cover a name: it is one of them, or begins as one that ends in `*`. A grant
    /// without names leaves them to the manifest.
    public static boolean coversName(Capability side, String name) {
        return covers(side.values("names"), name);
    }

    /// Whether the capability's `topics` cover a topic, or all topics that one ending in `*` stands for.
    public static boolean coversTopic(Capability side, String topic) {
        return covers(side.values("topics"), topic);
    }

    private static boolean covers(List<String> patterns, String name) {
        for (String pattern : patterns) {
            boolean open = pattern.endsWith(ANY);
            if (open ? name.startsWith(pattern.substring(0, pattern.length() - 1)) : name.equals(pattern)) {
                return true;
            }
        }
        return patterns.isEmpty();
    }

    /// Whether a path, relative and with `/` between its names, lies in the folder that the capability's `root` names,
    /// or is that folder. A path that leaves its own folder lies nowhere; the empty one is the folder that all lie in.
    public static boolean coversPath(Capability side, String path) {
        if (!path.isEmpty() && !isPlain(path)) {
            return false;
        }
        List<String> roots = side.values("root");
        for (String root : roots) {
            String folder = plain(root);
            if (folder.isEmpty() || path.equals(folder) || isBelow(path, folder)) {
                return true;
            }
        }
        return roots.isEmpty();
    }

    /// Whether the capability's `root` lies in the folder that a path names, and is not that folder.
    public static boolean liesBelow(Capability side, String path) {
        for (String root : side.values("root")) {
            if (path.isEmpty() ? !plain(root).isEmpty() : isBelow(plain(root), path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBelow(String path, String folder) {
        return path.startsWith(folder) && path.startsWith("/", folder.length());
    }

    /// The names of a root alone: `/data`, `./data` and `data/` are the folder `data`. A denial that is written in one
    /// of those ways must not deny nothing.
    private static String plain(String root) {
        return Arrays.stream(root.split("/", -1))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .collect(Collectors.joining("/"));
    }

    private static boolean isPlain(String path) {
        for (String name : path.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
                return false;
            }
        }
        return path.indexOf('\\') < 0;
    }
}
