package dev.cloche.host.bundle;

import java.time.Duration;

/// The bounds of everything that is read from a bundle. They hold for every host; a manifest cannot move them.
public final class BundleLimits {
    /// Size of all files of a bundle together, inflated.
    public static final int TOTAL_BYTES_MAX = 64 << 20;
    /// Size of a zip file: the largest bundle, stored, and room for the zip's own records.
    public static final int ZIP_BYTES_MAX = TOTAL_BYTES_MAX + (4 << 20);
    /// Size of one file of a bundle, inflated; the entry too.
    public static final int FILE_BYTES_MAX = 32 << 20;
    /// Files of a bundle, and entries of a zip.
    public static final int FILES_MAX = 4_096;
    /// How many times its packed size an entry of a zip may have once it is larger than [#RATIO_FREE_BYTES].
    public static final int RATIO_MAX = 200;
    /// Up to this size the ratio of an entry does not count.
    public static final int RATIO_FREE_BYTES = 1 << 20;
    /// Length of a path, in bytes of UTF-8.
    public static final int PATH_BYTES_MAX = 255;
    /// Names in a path.
    public static final int PATH_DEPTH_MAX = 16;
    /// Names looked at in a folder while choosing the files of a bundle.
    public static final int FOLDER_NAMES_MAX = 50_000;

    /// Size of a manifest.
    public static final int MANIFEST_BYTES_MAX = 256 << 10;
    /// Objects and arrays of a manifest within each other.
    public static final int MANIFEST_DEPTH_MAX = 32;
    /// Length of one string of a manifest, in characters.
    public static final int MANIFEST_STRING_MAX = 16 << 10;
    /// Digits of one number of a manifest.
    public static final int MANIFEST_NUMBER_DIGITS_MAX = 64;
    /// Violations that are reported; further ones are counted.
    public static final int VIOLATIONS_MAX = 100;

    public static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    public static final Duration TIMEOUT_MAX = Duration.ofHours(1);
    public static final long MEMORY_BYTES_MIN = 64L << 10;
    public static final long MEMORY_BYTES_MAX = 2_047L << 20;
    public static final long PAYLOAD_BYTES_MAX = 256L << 20;
    public static final long OUTPUT_BYTES_MAX = 256L << 20;
    public static final long LOG_BYTES_MAX = 64L << 20;
    public static final long HOSTCALLS_MAX = 1_000_000_000;
    public static final long TIMERS_MAX = 100_000;
    public static final long MICROTASKS_MAX = 100_000_000;

    /// Largest amount of fuel a manifest may ask for, in units: some hours of work.
    public static final long FUEL_MAX = 10_000_000_000_000L;
    public static final int POOL_ISOLATES_MAX = 1_024;
    public static final long POOL_USES_MAX = 1_000_000_000;
    /// For `max-idle` and `max-age`.
    public static final Duration POOL_TIME_MAX = Duration.ofDays(30);
    public static final Duration ACQUIRE_TIMEOUT_MAX = Duration.ofHours(1);

    private BundleLimits() {}
}
