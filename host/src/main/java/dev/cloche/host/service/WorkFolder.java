package dev.cloche.host.service;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A folder that one process works in, and nobody else. Closing it deletes it with all that is in it.
///
/// @param path without links
record WorkFolder(Path path) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);

    static WorkFolder create() throws IOException {
        return new WorkFolder(Files.createTempDirectory("cloche-exec-").toRealPath());
    }

    @Override
    public void close() {
        try {
            Files.walkFileTree(path, new Deletion(false));
        } catch (IOException e) {
            LOG.warn("exec: a working folder could not be deleted; delete it by hand, folder={}", path, e);
        }
    }

    /// Follows no links, and opens folders that were closed on purpose: one that cannot be read, once more.
    private static final class Deletion extends SimpleFileVisitor<Path> {
        private final boolean again;

        Deletion(boolean again) {
            this.again = again;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            open(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (again || !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw failure;
            }
            open(file);
            Files.walkFileTree(file, new Deletion(true));
            return FileVisitResult.CONTINUE;
        }

        private static void open(Path folder) throws IOException {
            if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
