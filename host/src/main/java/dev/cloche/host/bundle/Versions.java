package dev.cloche.host.bundle;

import java.util.Objects;
import org.semver4j.Semver;

/// Semantic versions and ranges of them, as manifests write them.
public final class Versions {
    private static final String ANY = "*";

    private Versions() {}

    /// Whether a version lies in a range. Both must be valid, as those of a [Manifest] are.
    public static boolean satisfies(String version, String range) {
        // What a manifest means that says nothing. Pre-releases are another matter, which the library decides.
        if (range.equals(ANY) && version.indexOf('-') < 0) {
            return true;
        }
        return Objects.requireNonNull(Semver.parse(version), version).satisfies(range);
    }
}
