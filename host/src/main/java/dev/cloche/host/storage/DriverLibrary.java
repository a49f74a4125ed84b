package dev.cloche.host.storage;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// The native library of SQLite's driver, kept unpacked in the home.
///
/// By itself the driver unpacks it anew in each process, compares the copy byte by byte, and runs a program to find out
/// which one the system needs: that is a good part of a host's start.
///
/// Only what this user alone can write is loaded, and only as it was written: its name has its checksum, which guards
/// against damage, and its rights guard against everybody else. In all other cases, and where the system does not tell
/// whose a file is, the driver does as it always does.
final class DriverLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(DriverLibrary.class);

    /// Where the driver looks first; see its documentation.
    private static final String PATH_PROPERTY = "org.sqlite.lib.path";

    private static final String NAME_PROPERTY = "org.sqlite.lib.name";
    private static final String PREFIX = "driver-";
    private static final String SUFFIX = ".so";
    private static final String PART = ".part";
    private static final Path OWN_PROCESS = Path.of("/proc/self");
    private static final int BYTES_MAX = 16 << 20;

    /// Files of the folder that are looked at.
    private static final int LISTED_MAX = 64;

    // A process loads it once, whatever homes it has; the system properties are the process's as well.
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static boolean loaded;

    private final Path folder;
    private final String begin;

    /// @param folder where it is kept; need not exist
    DriverLibrary(Path folder) {
        this.folder = folder;
        this.begin = PREFIX + SQLiteJDBCLoader.getVersion() + "-" + System.getProperty("os.arch") + "-";
    }

    /// Loads the driver's library unless that is done, and keeps a copy for the next process.
    static void load(Path folder) {
        LOCK.lock();
        try {
            if (!loaded && System.getProperty(PATH_PROPERTY) == null && Files.isDirectory(OWN_PROCESS)) {
                new DriverLibrary(folder).loadOrKeep();
            }
            loaded = true;
        } finally {
            LOCK.unlock();
        }
    }

    private void loadOrKeep() {
        try {
            Optional<Path> kept = kept();
            if (kept.isPresent() && load(folder, String.valueOf(kept.get().getFileName()))) {
                return;
            }
            if (SQLiteJDBCLoader.initialize()) {
                keep();
            }
        } catch (Exception e) {
            // Where it cannot be loaded at all, whoever opens the database says so.
            LOG.debug("the database driver's library is not kept unpacked, folder={}", folder, e);
        }
    }

    private static boolean load(Path folder, String name) throws Exception {
        System.setProperty(PATH_PROPERTY, folder.toString());
        System.setProperty(NAME_PROPERTY, name);
        try {
            return SQLiteJDBCLoader.initialize();
        } finally {
            System.clearProperty(PATH_PROPERTY);
            System.clearProperty(NAME_PROPERTY);
        }
    }

    /// The kept library, if it is there and as it was written, and nobody else can have written it.
    Optional<Path> kept() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !isOurs(folder.getParent()) || !isOurs(folder)) {
            return Optional.empty();
        }
        for (Path file : list()) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(begin) && name.endsWith(SUFFIX) && isOurs(file) && Files.size(file) <= BYTES_MAX) {
                return name.equals(name(Files.readAllBytes(file))) ? Optional.of(file) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.limit(LISTED_MAX).toList();
        }
    }

    private static boolean isOurs(@Nullable Path path) throws IOException {
        if (path == null) {
            return false;
        }
        UserPrincipal self = Files.getOwner(OWN_PROCESS);
        PosixFileAttributes facts = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return !facts.isSymbolicLink()
                && facts.owner().equals(self)
                && !facts.permissions().contains(PosixFilePermission.GROUP_WRITE)
                && !facts.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }

    private String name(byte[] library) {
        CRC32 crc = new CRC32();
        crc.update(library);
        return begin + HexFormat.of().toHexDigits((int) crc.getValue()) + SUFFIX;
    }

    /// Puts the library of this system into the folder, in place of all others.
    void keep() throws IOException {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            byte[] library = in == null ? new byte[0] : in.readNBytes(BYTES_MAX + 1);
            if (library.length == 0 || library.length > BYTES_MAX) {
                return;
            }
            Files.createDirectories(folder, Home.ownerOnly("rwx------"));
            for (Path file : list()) {
                if (String.valueOf(file.getFileName()).startsWith(PREFIX)) {
                    Files.delete(file);
                }
            }
            write(library);
        }
    }

    private void write(byte[] library) throws IOException {
        Path part = Files.createTempFile(folder, PREFIX, PART, Home.ownerOnly("rw-------"));
        try (FileOutputStream out = new FileOutputStream(part.toFile())) {
            out.write(library);
            out.getFD().sync();
        }
        Files.move(part, folder.resolve(name(library)), StandardCopyOption.ATOMIC_MOVE);
    }
}
