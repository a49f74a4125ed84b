package dev.cloche.host.bundle;

import java.util.regex.Pattern;
import org.semver4j.Semver;
import org.semver4j.range.RangeListFactory;

/// What may be written for a version and a range of versions. The library that compares them reads more than it says,
/// and takes a range it cannot read for one that everything satisfies; so the form is checked here first.
final class VersionRange {
    private static final String PART = "(?:[0-9]{1,9}|x|X|\\*)";
    private static final String PARTIAL = "(?:" + PART + "(?:\\." + PART + "(?:\\." + PART
            + "(?:-[0-9A-Za-z.-]{1,64})?(?:\\+[0-9A-Za-z.-]{1,64})?)?)?)";
    private static final Pattern COMPARATOR = Pattern.compile("(?:>=|<=|>|<|=|~|\\^)?" + PARTIAL);
    private static final Pattern HYPHEN = Pattern.compile(PARTIAL + " - " + PARTIAL);

    private VersionRange() {}

    static boolean isVersion(String text) {
        return Semver.parse(text) != null && !text.startsWith("v");
    }

    /// Whether the text is alternatives joined by `||`, each `A - B` or comparators with spaces between.
    static boolean isRange(String text) {
        for (String alternative : text.split("\\|\\|", -1)) {
            if (!isAlternative(alternative.strip())) {
                return false;
            }
        }
        try {
            return !RangeListFactory.create(text).get().isEmpty();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static boolean isAlternative(String text) {
        if (HYPHEN.matcher(text).matches()) {
            return true;
        }
        for (String comparator : text.split(" +", -1)) {
            if (!COMPARATOR.matcher(comparator).matches()) {
                return false;
            }
        }
        return true;
    }
}
