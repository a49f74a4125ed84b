package dev.cloche.host.storage;

import dev.cloche.host.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
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

    private final Path folder;
    private final FileChannel lockChannel;

    private Home(Path folder, FileChannel lockChannel) {
        this.folder = folder;
        this.lockChannel = lockChannel;
    }

    /// Makes the folder if it is not there, for its owner only, and takes its lock.
    ///
    /// @param nanoClock monotonic, for the wait
    /// @throws StorageException if another live host holds it for longer than `lockWait`, or it cannot be written
    public static Home open(Path folder, Duration lockWait, LongSupplier nanoClock) {
        try {
            Files.createDirectories(folder, ownerOnly("rwx------"));
            FileChannel channel = FileChannel.open(
                    folder.resolve(LOCK_FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    ownerOnly("rw-------"));
            return locked(folder, channel, lockWait, nanoClock);
        } catch (AccessDeniedException | ReadOnlyFileSystemException e) {
            throw new StorageException(
                    Kind.READ_ONLY,
                    "the home folder may not be written; choose another or mend its rights, home=" + folder,
                    e);
        } catch (IOException e) {
            throw new StorageException(
                    Kind.IO,
                    "the home folder cannot be used: " + e.getMessage() + "; choose another, home=" + folder,
                    e);
        }
    }

    private static Home locked(Path folder, FileChannel channel, Duration wait, LongSupplier nanoClock)
            throws IOException {
        boolean held = false;
        try {
            awaitLock(folder, channel, wait, nanoClock);
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
            held = true;
            return new Home(folder, channel);
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    private static void awaitLock(Path folder, FileChannel channel, Duration wait, LongSupplier nanoClock)
            throws IOException {
        long startNanos = nanoClock.getAsLong();
        while (!tryLock(channel)) {
            if (nanoClock.getAsLong() - startNanos >= wait.toNanos()) {
                throw new StorageException(
                        Kind.HELD,
                        "another host uses this home; stop it or choose another home, home=" + folder + " pid="
                                + holder(channel));
            }
            LockSupport.parkNanos(RETRY_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new StorageException(
                        Kind.INTERRUPTED, "interrupted while waiting for the home's lock, home=" + folder);
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            // The channel keeps the lock until it is closed.
            @Nullable FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
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
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new StorageException(Kind.IO, "the home's lock cannot be let go, home=" + folder, e);
        }
    }
}
