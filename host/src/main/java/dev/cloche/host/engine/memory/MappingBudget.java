package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.memory.MemoryRefusedException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// Admits mappings as long as the process stays well below what the system lets it have. Safe for use by many threads.
///
/// Past the system's limit not only our own mappings fail: the JVM can no longer start threads or grow its heap.
final class MappingBudget {
    /// Mappings left to the JVM and to libraries: thread stacks, code, class data, files.
    static final long KEPT_FREE = 8_192;

    /// What Linux allows unless told otherwise.
    static final long SYSTEM_DEFAULT = 65_530;

    private static final int NUMBER_CHARS_MAX = 32;

    /// The budget of this process; several hosts in it share it.
    static final MappingBudget PROCESS = ofSystem(Path.of("/proc"));

    private final long system;
    private final AtomicLong taken = new AtomicLong();

    private MappingBudget(long system) {
        this.system = system;
    }

    /// @param proc where the system's settings lie
    static MappingBudget ofSystem(Path proc) {
        // Read at one go: a second read from such a file gives nothing, however little the first one took.
        byte[] text = new byte[NUMBER_CHARS_MAX];
        try (InputStream input = Files.newInputStream(proc.resolve("sys/vm/max_map_count"))) {
            int size = input.read(text);
            return new MappingBudget(
                    Long.parseLong(new String(text, 0, Math.max(0, size), StandardCharsets.US_ASCII).strip()));
        } catch (IOException | NumberFormatException e) {
            return new MappingBudget(SYSTEM_DEFAULT);
        }
    }

    /// Mappings that may be taken altogether.
    long limit() {
        return Math.max(0, system - KEPT_FREE);
    }

    long taken() {
        return taken.get();
    }

    /// Takes all of them, or none.
    ///
    /// @throws MemoryRefusedException if that many are not left
    void take(int mappings) {
        if (taken.addAndGet(mappings) > limit()) {
            taken.addAndGet(-mappings);
            throw new MemoryRefusedException(
                    Reason.MAPPINGS,
                    "too many mapped memories: raise the system's setting vm.max_map_count or hold fewer isolates,"
                            + " taken=" + taken() + " limit=" + limit() + " vm.max_map_count=" + system);
        }
    }

    void giveBack(int mappings) {
        taken.addAndGet(-mappings);
    }
}
