package dev.cloche.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a live host go by what `ext` and `quota` of its `settings.json` say now. Looks once a second whether the file
/// has changed, on a virtual thread that starts when the first extension is loaded. A file that cannot be used is
/// logged, and what held before goes on to hold. Safe for use by many threads.
final class SettingsWatch implements AutoCloseable {
    /// How long a change may go unnoticed.
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SettingsWatch.class);

    private final Path home;
    private final HostcallConfig configured;
    private final @Nullable HostcallConfig fromFile;
    private final Consumer<HostcallConfig> changed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();

    // Guarded by lock.
    private Seen seen = Seen.NEVER;
    private HostcallConfig applied;
    private boolean closed;
    private volatile boolean started;

    /// What tells one state of the file from another.
    private record Seen(
            boolean there,
            @Nullable FileTime modified,
            long size,
            @Nullable Object key) {
        static final Seen NEVER = new Seen(false, null, -1, null);
        static final Seen ABSENT = new Seen(false, null, 0, null);
    }

    /// @param config one that was not read from a home's file is never changed
    /// @param changed is told what holds now, under a lock: must not wait
    SettingsWatch(HostConfig config, Consumer<HostcallConfig> changed) {
        this.home = config.home();
        this.configured = config.hostcalls();
        this.fromFile = config.hostcallsOfFile();
        this.applied = configured;
        this.changed = changed;
    }

    /// Begins to look, if there is anything to look for. Idempotent.
    void start() {
        if (fromFile == null || started) {
            return;
        }
        lock.lock();
        try {
            if (!started && !closed) {
                started = true;
                var _ = Thread.ofVirtual().name("cloche-settings").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closed) {
                look();
                if (!closed) {
                    var _ = closing.awaitNanos(INTERVAL.toNanos());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Looks once.
    void look() {
        HostcallConfig beside = fromFile;
        if (beside == null) {
            return;
        }
        lock.lock();
        try {
            Seen now = seen();
            if (closed || now.equals(seen)) {
                return;
            }
            seen = now;
            HostcallConfig file = SettingsFile.apply(HostConfig.at(home)).hostcalls();
            HostcallConfig next = merged(beside, file);
            if (!next.equals(applied)) {
                changed.accept(next);
                applied = next;
                LOG.info("settings: what ext and quota say has changed and holds from now on, home={}", home);
            }
            if (file.profile() != beside.profile() || !file.lanes().equals(beside.lanes())) {
                LOG.warn("settings: what policy and lanes say takes a restart of the host, home={}", home);
            }
        } catch (SettingsException | IOException e) {
            LOG.warn("settings: what held before goes on to hold: {}", e.getMessage());
        } catch (RuntimeException e) {
            // The next change must be seen all the same.
            LOG.error("settings: a change could not be taken over, home={}", home, e);
        } finally {
            lock.unlock();
        }
    }

    private Seen seen() throws IOException {
        try {
            BasicFileAttributes file = Files.readAttributes(home.resolve(SettingsFile.NAME), BasicFileAttributes.class);
            return new Seen(true, file.lastModifiedTime(), file.size(), file.fileKey());
        } catch (NoSuchFileException _) {
            return Seen.ABSENT;
        }
    }

    /// What the file says now, and what a program has set beside it.
    ///
    /// @param before what the file said when the host was configured
    private HostcallConfig merged(HostcallConfig before, HostcallConfig file) {
        Map<String, ExtensionConfig> extensions = new TreeMap<>(file.extensions());
        configured.extensions().forEach((id, set) -> {
            if (!Objects.equals(set, before.extensions().get(id))) {
                extensions.put(id, set);
            }
        });
        QuotaConfig quota = configured.quota().equals(before.quota()) ? file.quota() : configured.quota();
        return new HostcallConfig(configured.profile(), quota, configured.lanes(), extensions);
    }

    /// Looks no more. Idempotent.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
