package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The home folder and its database, each opened when it is first asked for. Safe for use by many threads.
public final class Storage implements AutoCloseable {
    /// How long the home counts as held after waiting for it in vain. Those who waited behind that caller fail at once
    /// then, and do not each wait as long again.
    static final Duration HELD_MEMORY = Duration.ofSeconds(1);

    private final Path folder;
    private final Duration lockWait;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock for writing; read without it once set.
    private volatile @Nullable Home home;
    private volatile @Nullable Database database;
    private volatile boolean closed;
    // Guarded by lock.
    private @Nullable StorageException held;
    private long heldAtNanos;

    /// @param lockWait how long to wait for another host that holds the home
    /// @param nanoClock monotonic, for that wait
    public Storage(Path folder, Duration lockWait, LongSupplier nanoClock) {
        this.folder = folder;
        this.lockWait = lockWait;
        this.nanoClock = nanoClock;
    }

    /// Where the home is, whether it exists or not.
    public Path folder() {
        return folder;
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
        lockInterruptibly();
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
        lockInterruptibly();
        try {
            @Nullable Database opened = database;
            if (opened == null) {
                Home opening = openHome();
                DriverLibrary.load(opening.driver());
                opened = Database.open(opening.stateFile());
                database = opened;
            }
            return opened;
        } finally {
            lock.unlock();
        }
    }

    /// The database if it is open already. Opens nothing and waits for nothing.
    public Optional<Database> opened() {
        return closed ? Optional.empty() : Optional.ofNullable(database);
    }

    /// Opens the database ahead of its first use. What goes wrong is said to whoever uses it.
    public void openAhead() {
        try {
            database();
        } catch (StorageException _) {
            // It comes up again.
        }
    }

    // A hostcall waits here, and it can be cancelled.
    private void lockInterruptibly() {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new StorageException(Kind.INTERRUPTED, "interrupted while waiting for the home, home=" + folder);
        }
    }

    private Home openHome() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "the home is closed, home=" + folder);
        }
        @Nullable Home known = home;
        if (known == null) {
            known = openUnlessHeld();
            home = known;
        }
        return known;
    }

    private Home openUnlessHeld() {
        @Nullable StorageException recent = held;
        if (recent != null && nanoClock.getAsLong() - heldAtNanos < HELD_MEMORY.toNanos()) {
            throw new StorageException(Kind.HELD, String.valueOf(recent.getMessage()), recent);
        }
        held = null;
        try {
            return Home.open(folder, lockWait, nanoClock);
        } catch (StorageException e) {
            if (e.kind() == Kind.HELD) {
                held = e;
                heldAtNanos = nanoClock.getAsLong();
            }
            throw e;
        }
    }

    /// Closes what was opened, the home's lock last. Waits for a bounded time, also on an interrupted thread, whose
    /// flag stays up. Idempotent.
    ///
    /// @throws StorageException if something could not be closed; everything else is closed nevertheless
    @Override
    public void close() {
        // Before the lock is had: whoever waits for it need not open anything first.
        closed = true;
        // At most as long as the one who holds it waits for the home.
        lock.lock();
        try {
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
