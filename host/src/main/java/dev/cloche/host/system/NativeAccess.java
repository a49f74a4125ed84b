package dev.cloche.host.system;

import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Whether this process may call the C library, and if not, why.
public final class NativeAccess {
    private static final Set<String> MACHINES = Set.of("amd64", "x86_64", "aarch64");

    private NativeAccess() {}

    /// Why the C library cannot be called in this process; empty where it can.
    public static Optional<String> unavailable() {
        return reason(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                NativeAccess.class.getModule().isNativeAccessEnabled());
    }

    /// Why the C library could not be called on such a system; empty where it could.
    public static Optional<String> reason(String system, String machine, boolean nativeAccess) {
        if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
            return Optional.of("the operating system is not Linux, os.name=" + system);
        }
        if (!MACHINES.contains(machine) || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            return Optional.of("the machine is neither x86-64 nor aarch64, os.arch=" + machine);
        }
        if (!nativeAccess) {
            return Optional.of("native access is not enabled: start Java with --enable-native-access=ALL-UNNAMED, or"
                    + " on the module path with --enable-native-access=dev.cloche.host");
        }
        return Optional.empty();
    }

    /// Whether the machine is x86-64, whose numbers of system calls are its own.
    public static boolean isX86() {
        return !System.getProperty("os.arch").equals("aarch64");
    }
}
