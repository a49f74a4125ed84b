package dev.cloche.host.service;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A process and all that it started, also those whose parent is gone. They are known by descent, by a variable in
/// their environment that they inherit, and by their working folder, which is theirs alone. One that gets rid of all
/// three gets away.
///
/// @param mark the variable, `NAME=value`
/// @param folder the working folder
record ProcessTree(Process root, String mark, Path folder) {
    /// How often it is looked for processes that are still there, or were started while others were ended.
    static final int ROUNDS_MAX = 32;

    private static final long PAUSE_MIN_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long PAUSE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final Path PROCESSES = Path.of("/proc");
    private static final int ENVIRONMENT_BYTES_MAX = 1 << 20;

    /// Ends all of them. What cannot be ended is given up after a bounded time. An interrupt does not shorten this.
    void kill() {
        boolean interrupted = false;
        long pauseNanos = PAUSE_MIN_NANOS;
        int round = 0;
        while (round < ROUNDS_MAX && !killed(pauseNanos)) {
            // Its flag would let the next pause end at once.
            interrupted |= Thread.interrupted();
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_MAX_NANOS);
            round++;
        }
        if (round == ROUNDS_MAX) {
            LOG.warn("exec: processes could not be ended, started by pid={}", root.pid());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether none was left to be ended.
    private boolean killed(long pauseNanos) {
        Set<ProcessHandle> alive = new HashSet<>(root.descendants().toList());
        alive.add(root.toHandle());
        alive.addAll(marked());
        alive.removeIf(process -> !process.isAlive());
        alive.forEach(ProcessHandle::destroyForcibly);
        if (!alive.isEmpty()) {
            // Not waited for by their handles: one that nobody reaps would be waited for without end.
            LockSupport.parkNanos(pauseNanos);
        }
        return alive.isEmpty();
    }

    private Set<ProcessHandle> marked() {
        Set<ProcessHandle> found = new HashSet<>();
        if (!Files.isDirectory(PROCESSES)) {
            return found;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                if (isMarked(process)) {
                    handle(process).ifPresent(found::add);
                }
            }
        } catch (IOException | DirectoryIteratorException _) {
            // Some systems do not show them; descent is what remains.
        }
        return found;
    }

    private boolean isMarked(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(folder) || hasMark(process);
        } catch (IOException | UnsupportedOperationException _) {
            // Gone meanwhile, or somebody else's.
            return false;
        }
    }

    private boolean hasMark(Path process) throws IOException {
        // Not through a channel, which an interrupt would close.
        try (InputStream environment =
                new FileInputStream(process.resolve("environ").toFile())) {
            String text = new String(environment.readNBytes(ENVIRONMENT_BYTES_MAX), StandardCharsets.ISO_8859_1);
            return ("\0" + text).contains("\0" + mark + "\0");
        }
    }

    private static Optional<ProcessHandle> handle(Path process) {
        long pid = Long.parseLong(process.getFileName().toString());
        return pid == ProcessHandle.current().pid() ? Optional.empty() : ProcessHandle.of(pid);
    }
}
