package dev.cloche.host.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much memory there is for the process.
public final class MachineMemory {
    private static final String TOTAL = "MemTotal:";
    private static final long KIB = 1024;

    /// A JVM takes a quarter of the machine for its heap unless it is told otherwise.
    private static final long HEAPS = 4;

    private MachineMemory() {}

    /// What the process may use in all: the limit of its container, else what the machine has; where neither can be
    /// read, four times what the Java heap may grow to.
    public static long bytes() {
        long machine = machineBytes(Path.of("/proc/meminfo"));
        long container = ControlGroup.OWN.memoryLimitBytes().orElse(Long.MAX_VALUE);
        return Math.min(container, machine);
    }

    // Without streams: this is on the way of a host's start, and their first use takes longer than the rest of it.
    static long machineBytes(Path facts) {
        try {
            for (String line : Files.readAllLines(facts)) {
                if (line.startsWith(TOTAL)) {
                    String number = line.substring(TOTAL.length()).strip().split(" ", 2)[0];
                    return Long.parseLong(number) * KIB;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return byHeap();
        }
        return byHeap();
    }

    private static long byHeap() {
        return HEAPS * Runtime.getRuntime().maxMemory();
    }
}
