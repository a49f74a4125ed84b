package dev.cloche.host.engine.cache;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The real file system with the faults that a test asks for.
final class FaultyFiles extends CacheFiles {
    /// Bytes that the disk still takes.
    private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean readOnly;
    private volatile @Nullable UserPrincipal self;
    private final Set<Path> strangers = ConcurrentHashMap.newKeySet();
    private final Set<Path> vanishing = ConcurrentHashMap.newKeySet();

    void fillDisk(long bytesLeft) {
        room.set(bytesLeft);
    }

    void makeReadOnly() {
        readOnly = true;
    }

    /// From now on this process is somebody else.
    void become(UserPrincipal user) {
        self = user;
    }

    /// From now on the file belongs to somebody else.
    void giveAway(Path file) {
        strangers.add(file);
    }

    /// The file goes away after it was looked at and before it is opened.
    void vanishBeforeOpening(Path file) {
        vanishing.add(file);
    }

    /// A user of this name.
    record User(String name) implements UserPrincipal {
        @Override
        public String getName() {
            return name;
        }
    }

    @Override
    UserPrincipal self() throws IOException {
        @Nullable UserPrincipal other = self;
        return other == null ? super.self() : other;
    }

    @Override
    FileFacts facts(Path path) throws IOException {
        FileFacts facts = super.facts(path);
        return strangers.contains(path)
                ? new FileFacts(
                        facts.type(), new User("mallory"), facts.writableByOthers(), facts.bytes(), facts.modified())
                : facts;
    }

    @Override
    RandomAccessFile open(Path file) throws IOException {
        if (vanishing.remove(file)) {
            Files.delete(file);
        }
        return super.open(file);
    }

    @Override
    Path create(Path folder, String suffix) throws IOException {
        if (readOnly) {
            throw new AccessDeniedException(folder.toString(), null, "Read-only file system");
        }
        return super.create(folder, suffix);
    }

    @Override
    RandomAccessFile openForWriting(Path file) throws IOException {
        return new RandomAccessFile(file.toFile(), "rw") {
            @Override
            public void write(byte[] bytes) throws IOException {
                write(bytes, 0, bytes.length);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (length > room.get()) {
                    throw new IOException("No space left on device");
                }
                room.addAndGet(-length);
                super.write(bytes, offset, length);
            }
        };
    }
}
