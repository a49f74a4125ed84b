package dev.cloche.bench.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What this process holds, in bytes, as the system and the JVM account for it.
///
/// @param pss resident memory, what is shared with other processes or mapped more than once counted in part
/// @param rss resident memory, what is mapped more than once counted each time
/// @param pageTables what the system itself needs to map it
/// @param heap what of the Java heap is in use after a collection
record ProcessMemory(double pss, double rss, double pageTables, double heap) {
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double KIB = 1024;
    private static final int COLLECTIONS = 3;

    /// Collects garbage, then looks.
    static ProcessMemory now() {
        var memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
        }
        List<String> rollup = lines(ROLLUP);
        return new ProcessMemory(
                kib(rollup, "Pss:") * KIB,
                kib(rollup, "Rss:") * KIB,
                kib(lines(STATUS), "VmPTE:") * KIB,
                memory.getHeapMemoryUsage().getUsed());
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the system does not tell what a process holds, path=" + file, e);
        }
    }

    static double kib(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .mapToDouble(line -> Double.parseDouble(
                        line.substring(key.length()).replace("kB", "").strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the system does not tell, key=" + key));
    }
}
