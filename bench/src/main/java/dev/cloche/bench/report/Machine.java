package dev.cloche.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// What figures are worth nothing without.
///
/// @param flags of the JVM that measures
public record Machine(
        String system, String processor, int processors, long memoryBytes, String jdk, List<String> flags) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final String UNKNOWN = "unknown";

    public Machine {
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(processor, "processor");
        Objects.requireNonNull(jdk, "jdk");
        flags = List.copyOf(flags);
    }

    /// The machine this runs on, with the flags of this very JVM.
    public static Machine current() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                system.getName() + " " + system.getVersion() + " " + system.getArch(),
                processorName(),
                system.getAvailableProcessors(),
                system.getTotalMemorySize(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    /// The same machine with a JVM of other flags.
    public Machine with(List<String> others) {
        return new Machine(system, processor, processors, memoryBytes, jdk, others);
    }

    public String header() {
        return """
                # system     %s
                # processor  %s, processors=%d
                # memory     %d MiB
                # jdk        %s
                # flags      %s
                """.formatted(system, processor, processors, memoryBytes >> 20, jdk, String.join(" ", flags));
    }

    private static String processorName() {
        if (!Files.isReadable(PROCESSORS)) {
            return System.getProperty("os.arch", UNKNOWN);
        }
        try {
            return Files.readAllLines(PROCESSORS).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
