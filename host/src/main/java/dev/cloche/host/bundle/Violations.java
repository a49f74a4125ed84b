package dev.cloche.host.bundle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Collects what is wrong with one bundle, so that all of it is said at once. Bounded by
/// [BundleLimits#VIOLATIONS_MAX]; what comes after is counted.
final class Violations {
    private static final int POINTER_MAX = 400;

    private final List<Violation> found = new ArrayList<>();
    private final Set<String> pointers = new HashSet<>();
    private int omitted;

    /// Adds a violation of the manifest.
    void add(String pointer, String message, String hint) {
        pointers.add(pointer);
        if (found.size() < BundleLimits.VIOLATIONS_MAX) {
            found.add(new Violation(Text.clean(pointer, POINTER_MAX), message, hint));
        } else {
            omitted++;
        }
    }

    /// Adds a violation of a file of the bundle.
    void addFile(String path, String message, String hint) {
        add("file:" + path, message, hint);
    }

    /// Adds a violation of the bundle as a whole: of the zip or the folder itself.
    void addWhole(String message, String hint) {
        add("file:.", message, hint);
    }

    /// Whether something is wrong at this very place.
    boolean has(String pointer) {
        return pointers.contains(pointer);
    }

    /// All places where something is wrong so far.
    Set<String> pointers() {
        return Set.copyOf(pointers);
    }

    /// All that was found, in order.
    List<Violation> found() {
        List<Violation> all = new ArrayList<>(found);
        if (omitted > 0) {
            all.add(new Violation("file:.", "has further violations, omitted=" + omitted, "mend these first"));
        }
        return List.copyOf(all);
    }

    /// @throws BundleException if there is anything to say
    void throwIfAny(String source) {
        if (!found.isEmpty()) {
            throw new BundleException(source, found());
        }
    }
}
