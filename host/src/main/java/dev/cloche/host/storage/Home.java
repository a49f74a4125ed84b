package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The home folder of a live host, with its lock: one host a home.
///
/// ```
/// host.lock   locked while a host lives; its text is the holder's process id
/// state.db    the database
/// bundles/    installed bundles, by hash
/// cache/      what can be made again
/// driver/     the database driver's native library, unpacked
/// ```
public final class Home implements AutoCloseable {
    static final String STATE_FILE = "state.db";

    /// How long a host waits for the lock by default.
    public static final Duration LOCK_WAIT_DEFAULT = Duration.ofSeconds(5);

    private static final String LOCK_FILE = "host.lock";
    private static final long RETRY_NANOS = 20_000_000;
    private static final int PID_BYTES_MAX = 32;
    // Far behind the text: where the system makes locks mandatory, others can still read whose lock it is.
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    // The homes that hosts of this JVM hold or are about to open, by real path. The system drops a process's locks on a
    // file when the process closes any channel to it, so a second host must not even open the file of the first.
    // As large as the number of hosts that live here.
    private static final Set<Path> CLAIMED = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path realFolder;
    private final FileChannel lockChannel;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Home(Path folder, Path realFolder, FileChannel lockChannel) {
        this.folder = folder;
        this.realFolder = realFolder;
        this.lockChannel = lockChannel;
    }

    /// Makes the folder if it is not there, for its owner only, and takes its lock.
    ///
    /// @param nanoClock monotonic, for the wait
    /// @throws StorageException if another live host holds it for longer than `lockWait`, or it cannot be written
    public static Home open(Path folder, Duration lockWait, LongSupplier nanoClock) {
        try {
            Files.createDirectories(folder, ownerOnly("rwx------"));
            return claimed(folder, folder.toRealPath(), new Patience(folder, lockWait, nanoClock));
        } catch (AccessDeniedException | ReadOnlyFileSystemException e) {
            throw new StorageException(
                    Kind.READ_ONLY,
                    "the home folder may not be written; choose another or mend its rights, home=" + folder,
                    e);
        } catch (ClosedByInterruptException _) {
            throw interrupted(folder);
        } catch (IOException e) {
            throw new StorageException(
                    Kind.IO,
                    "the home folder cannot be used: " + e.getMessage() + "; choose another, home=" + folder,
                    e);
        }
    }

    private static Home claimed(Path folder, Path realFolder, Patience patience) throws IOException {
        while (!CLAIMED.add(realFolder)) {
            patience.pause(Home::ownPid);
        }
        boolean held = false;
        try {
            Home home = locked(folder, realFolder, patience);
            held = true;
            return home;
        } finally {
            if (!held) {
                CLAIMED.remove(realFolder);
            }
        }
    }

    private static Home locked(Path folder, Path realFolder, Patience patience) throws IOException {
        FileChannel channel = FileChannel.open(
                realFolder.resolve(LOCK_FILE),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                ownerOnly("rw-------"));
        boolean held = false;
        try {
            while (!tryLock(channel)) {
                patience.pause(() -> holder(channel));
            }
            byte[] pid = ownPid().getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
            held = true;
            return new Home(folder, realFolder, channel);
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            // The channel keeps the lock until it is closed.
            @Nullable FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException _) {
            // Another class loader's hosts have a set of their own, but the file is the same.
            return false;
        }
    }

    private static StorageException interrupted(Path folder) {
        return new StorageException(Kind.INTERRUPTED, "interrupted while waiting for the home's lock, home=" + folder);
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(PID_BYTES_MAX);
        channel.read(text, 0);
        String pid = StandardCharsets.US_ASCII.decode(text.flip()).toString().strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    /// File attributes for the owner only, where the file system knows owners.
    static FileAttribute<?>[] ownerOnly(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    public Path folder() {
        return folder;
    }

    /// The database file, whether it is there or not.
    public Path stateFile() {
        return folder.resolve(STATE_FILE);
    }

    /// The folder of installed bundles; made if it is not there.
    public Path bundles() {
        return subfolder("bundles");
    }

    /// The folder of what can be made again; made if it is not there.
    public Path cache() {
        return subfolder("cache");
    }

    /// The folder of the database driver's native library, whether it is there or not.
    Path driver() {
        return folder.resolve("driver");
    }

    private Path subfolder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name), ownerOnly("rwx------"));
        } catch (IOException e) {
            throw new StorageException(
                    Kind.IO,
                    "the home's folder " + name + " cannot be made: " + e.getMessage() + ", home=" + folder,
                    e);
        }
    }

    /// Lets the lock go. Idempotent.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new StorageException(Kind.IO, "the home's lock cannot be let go, home=" + folder, e);
        } finally {
            // Only now: whoever finds the home free opens its file.
            CLAIMED.remove(realFolder);
        }
    }

    /// The wait for a home that another host holds, over both steps of taking it.
    private static final class Patience {
        private final Path folder;
        private final long waitNanos;
        private final LongSupplier nanoClock;
        private final long startNanos;

        Patience(Path folder, Duration wait, LongSupplier nanoClock) {
            this.folder = folder;
            this.waitNanos = wait.toNanos();
            this.nanoClock = nanoClock;
            this.startNanos = nanoClock.getAsLong();
        }

        /// Waits for a moment, or throws if the time is over.
        void pause(Holder holder) throws IOException {
            if (nanoClock.getAsLong() - startNanos >= waitNanos) {
                throw new StorageException(
                        Kind.HELD,
                        "another host uses this home; stop it or choose another home, home=" + folder + " pid="
                                + holder.pid());
            }
            LockSupport.parkNanos(RETRY_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted(folder);
            }
        }
    }

    /// Says who holds a home.
    private interface Holder {
        String pid() throws IOException;
    }
}
