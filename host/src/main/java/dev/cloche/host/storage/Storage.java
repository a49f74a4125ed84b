package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The home folder and its database, each opened when it is first asked for. Safe for use by many threads.
public final class Storage implements AutoCloseable {
    private final Path folder;
    private final Duration lockWait;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock for writing; read without it once set.
    private volatile @Nullable Home home;
    private volatile @Nullable Database database;
    private boolean closed;

    /// @param lockWait how long to wait for another host that holds the home
    /// @param nanoClock monotonic, for that wait
    public Storage(Path folder, Duration lockWait, LongSupplier nanoClock) {
        this.folder = folder;
        this.lockWait = lockWait;
        this.nanoClock = nanoClock;
    }

    /// Where the database is, whether it exists or not. Takes no lock and makes nothing.
    public Path stateFile() {
        return folder.resolve(Home.STATE_FILE);
    }

    /// The home, its lock taken.
    ///
    /// @throws StorageException if it cannot be had
    public Home home() {
        @Nullable Home known = home;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            return openHome();
        } finally {
            lock.unlock();
        }
    }

    /// The database of the home.
    ///
    /// @throws StorageException if it cannot be had
    public Database database() {
        @Nullable Database known = database;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            @Nullable Database opened = database;
            if (opened == null) {
                opened = Database.open(openHome().stateFile());
                database = opened;
            }
            return opened;
        } finally {
            lock.unlock();
        }
    }

    private Home openHome() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "the home is closed, home=" + folder);
        }
        @Nullable Home known = home;
        if (known == null) {
            known = Home.open(folder, lockWait, nanoClock);
            home = known;
        }
        return known;
    }

    /// Closes what was opened, the home's lock last. Idempotent.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            @Nullable Database openedDatabase = database;
            @Nullable Home openedHome = home;
            try {
                if (openedDatabase != null) {
                    openedDatabase.close();
                }
            } finally {
                if (openedHome != null) {
                    openedHome.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
