package dev.cloche.host.telemetry;

import java.util.Objects;
import java.util.OptionalLong;

/// What [JvmChecks] look at, apart from the JVM itself, so that tests can make one up.
///
/// @param feature the JDK's feature release
/// @param version the version in the vendor's words
/// @param nativeAccess whether the libraries of the host may call native code
/// @param heapMaxBytes how far the Java heap may grow
/// @param containerLimitBytes what the process may use in all; empty where no control group limits it
/// @param carriers threads that carry virtual threads
record JvmFacts(
        int feature,
        String version,
        boolean nativeAccess,
        long heapMaxBytes,
        OptionalLong containerLimitBytes,
        int carriers) {
    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    JvmFacts {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(containerLimitBytes, "containerLimitBytes");
    }

    /// Those of the JVM this runs in.
    static JvmFacts current() {
        Runtime runtime = Runtime.getRuntime();
        return new JvmFacts(
                Runtime.version().feature(),
                Runtime.version() + " (" + System.getProperty("java.vendor", "unknown vendor") + ")",
                nativeAccessEnabled(),
                runtime.maxMemory(),
                ControlGroup.OWN.memoryLimitBytes(),
                Integer.getInteger(CARRIERS, runtime.availableProcessors()));
    }

    /// On the class path everything is one unnamed module; on the module path each library needs the right by itself.
    private static boolean nativeAccessEnabled() {
        Module own = JvmFacts.class.getModule();
        Module database = ModuleLayer.boot().findModule("org.xerial.sqlitejdbc").orElse(own);
        return database.isNativeAccessEnabled();
    }
}
