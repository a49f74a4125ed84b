package dev.cloche.host.telemetry;

import dev.cloche.host.telemetry.Finding.Level;
import java.util.List;

/// The doctor's checks of the JVM: `jdk.version`, `jdk.flags`, `memory.heap`, `memory.container`, `threads.carriers`.
public final class JvmChecks {
    static final int FEATURE_MIN = 25;
    static final long HEAP_ADVISED_BYTES = 256L << 20;
    static final int CARRIERS_MIN = 2;

    /// The part of a container's memory that should be left beside the Java heap: code, stacks, isolates' memory.
    static final double BESIDE_HEAP_FRACTION = 0.25;

    private JvmChecks() {}

    /// The checks, one for each id.
    public static List<Check> all() {
        return over(JvmFacts.current());
    }

    static List<Check> over(JvmFacts facts) {
        return List.of(
                () -> List.of(version(facts)),
                () -> List.of(flags(facts)),
                () -> List.of(heap(facts)),
                () -> List.of(container(facts)),
                () -> List.of(carriers(facts)));
    }

    private static Finding version(JvmFacts facts) {
        if (facts.feature() >= FEATURE_MIN) {
            return ok("jdk.version", "the JDK is recent enough, version=" + facts.version());
        }
        return new Finding(
                "jdk.version",
                "jdk",
                Level.ERROR,
                "the JDK is too old, feature=" + facts.feature() + " feature-min=" + FEATURE_MIN,
                "Install JDK " + FEATURE_MIN + " or later and let JAVA_HOME point to it.");
    }

    private static Finding flags(JvmFacts facts) {
        if (facts.nativeAccess()) {
            return ok("jdk.flags", "native access is enabled");
        }
        return new Finding(
                "jdk.flags",
                "jdk",
                Level.WARNING,
                "native access is not enabled: this JDK warns about the database driver, a later one refuses it",
                "Start Java with --enable-native-access=ALL-UNNAMED, or on the module path with"
                        + " --enable-native-access=org.xerial.sqlitejdbc.");
    }

    private static Finding heap(JvmFacts facts) {
        String sizes = "heap-max=" + mebibytes(facts.heapMaxBytes());
        if (facts.heapMaxBytes() >= HEAP_ADVISED_BYTES) {
            return ok("memory.heap", "the Java heap is large enough, " + sizes);
        }
        return new Finding(
                "memory.heap",
                "memory",
                Level.WARNING,
                "the Java heap is small, " + sizes + " advised=" + mebibytes(HEAP_ADVISED_BYTES),
                "Raise the limit with -Xmx, or give the container more memory.");
    }

    private static Finding container(JvmFacts facts) {
        if (facts.containerLimitBytes().isEmpty()) {
            return ok("memory.container", "no control group limits the memory of this process");
        }
        long limit = facts.containerLimitBytes().getAsLong();
        String sizes = "heap-max=" + mebibytes(facts.heapMaxBytes()) + " limit=" + mebibytes(limit);
        if (facts.heapMaxBytes() <= limit * (1 - BESIDE_HEAP_FRACTION)) {
            return ok("memory.container", "the container has room beside the Java heap, " + sizes);
        }
        boolean beyond = facts.heapMaxBytes() >= limit;
        return new Finding(
                "memory.container",
                "memory",
                beyond ? Level.ERROR : Level.WARNING,
                beyond
                        ? "the Java heap may outgrow the container, which would end the process, " + sizes
                        : "the Java heap leaves little of the container's memory to everything else, " + sizes,
                "Set -Xmx or -XX:MaxRAMPercentage so that a quarter of the container's memory stays free.");
    }

    private static Finding carriers(JvmFacts facts) {
        String count = "carriers=" + facts.carriers();
        if (facts.carriers() >= CARRIERS_MIN) {
            return ok("threads.carriers", "virtual threads have enough carriers, " + count);
        }
        return new Finding(
                "threads.carriers",
                "threads",
                Level.WARNING,
                "virtual threads have too few carriers: one busy guest stops all others, " + count + " carriers-min="
                        + CARRIERS_MIN,
                "Start Java with -Djdk.virtualThreadScheduler.parallelism=" + CARRIERS_MIN + " or more.");
    }

    private static Finding ok(String id, String message) {
        return new Finding(id, id.substring(0, id.indexOf('.')), Level.OK, message, "");
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + "MiB";
    }
}
