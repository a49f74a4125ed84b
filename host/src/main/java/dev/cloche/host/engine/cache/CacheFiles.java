package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the cache asks of the file system. Tests put faults in its place.
///
/// Files are read and written by `RandomAccessFile` and not by a channel: a channel is closed when its thread is
/// interrupted in the middle, and the threads that come here are those of calls that may be cancelled.
class CacheFiles {
    /// Files of one folder that are looked at. The rest is as good as not there.
    static final int LISTED_MAX = 65_536;

    private static final Path OWN_PROCESS = Path.of("/proc/self");

    /// The user of this process, as the file system names it.
    ///
    /// Not the owner of a file made in the cache's own folder: a stranger who owns that folder could put a file of his
    /// own in its place before it is looked at.
    UserPrincipal self() throws IOException {
        if (Files.isDirectory(OWN_PROCESS)) {
            return Files.getOwner(OWN_PROCESS);
        }
        Path probe = Files.createTempFile("cloche", ".owner");
        try {
            return Files.getOwner(probe);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    FileFacts facts(Path path) throws IOException {
        @Nullable
        PosixFileAttributeView posix =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (posix != null) {
            PosixFileAttributes attributes = posix.readAttributes();
            boolean others = attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
            return facts(attributes, attributes.owner(), others);
        }
        @Nullable
        FileOwnerAttributeView owned =
                Files.getFileAttributeView(path, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return facts(attributes, owned == null ? null : owned.getOwner(), false);
    }

    private static FileFacts facts(BasicFileAttributes attributes, @Nullable UserPrincipal owner, boolean others) {
        FileFacts.Type type;
        if (attributes.isSymbolicLink()) {
            type = FileFacts.Type.LINK;
        } else if (attributes.isDirectory()) {
            type = FileFacts.Type.FOLDER;
        } else {
            type = attributes.isRegularFile() ? FileFacts.Type.FILE : FileFacts.Type.OTHER;
        }
        Instant modified = attributes.lastModifiedTime().toInstant();
        return new FileFacts(type, owner, others, attributes.size(), modified);
    }

    void makeFolder(Path folder) throws IOException {
        Files.createDirectories(folder, ownerOnly("rwx------"));
    }

    /// The files of a folder whose names end so, in no order.
    List<Path> list(Path folder, String suffix) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            int listed = 0;
            for (Path file : files) {
                if (++listed > LISTED_MAX) {
                    break;
                }
                if (file.toString().endsWith(suffix)) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    RandomAccessFile open(Path file) throws IOException {
        return new RandomAccessFile(file.toFile(), "r");
    }

    /// Makes an empty file with a name of its own, for its owner only.
    Path create(Path folder, String suffix) throws IOException {
        return Files.createTempFile(folder, "", suffix, ownerOnly("rw-------"));
    }

    RandomAccessFile openForWriting(Path file) throws IOException {
        return new RandomAccessFile(file.toFile(), "rw");
    }

    /// Puts a file in the place of another, if there is one, at once.
    void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void touch(Path file, Instant modified) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
