package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A folder that is open. Whatever is done in it goes by the open folder and one name, so that nothing that is moved or
/// put in its way meanwhile leads elsewhere. Links are never followed. Used by one thread.
///
/// A name is looked at before it is opened: to open a pipe may wait for ever. One that another program puts in place of
/// a file between the two steps does hold up the hostcall that opens it, and that hostcall alone.
final class SecureFolder implements AutoCloseable {
    /// How many names of a folder are looked at.
    static final int NAMES_MAX = 100_000;

    /// A channel copies by way of a buffer of this size, which the thread keeps.
    private static final int CHUNK_BYTES = 64 * 1_024;

    private static final String TEMPORARY = ".tmp";

    private final SecureDirectoryStream<Path> stream;
    private final Path root;

    private SecureFolder(SecureDirectoryStream<Path> stream, Path root) {
        this.stream = stream;
        this.root = root;
    }

    /// Opens a folder, and one in it, name by name.
    ///
    /// @param root where the host's folder for files is
    static SecureFolder open(Path root, List<String> names) throws IOException {
        SecureFolder at = open(root);
        try {
            for (String name : names) {
                SecureFolder next = at.folder(name);
                at.close();
                at = next;
            }
            return at;
        } catch (IOException | RuntimeException | Error e) {
            at.close();
            throw e;
        }
    }

    @SuppressWarnings(
            "StreamResourceLeak") // The folder that is answered owns it, and it is closed where there is none.
    private static SecureFolder open(Path root) throws IOException {
        DirectoryStream<Path> opened;
        try {
            opened = Files.newDirectoryStream(root);
        } catch (IOException e) {
            throw new RootException(e);
        }
        if (opened instanceof SecureDirectoryStream<Path> secure) {
            return new SecureFolder(secure, root);
        }
        opened.close();
        throw new FileRefusal(
                FailedCode.UNSUPPORTED,
                "this platform cannot open files without following links; there is no other way");
    }

    /// The host's folder for files cannot be opened: nothing that a guest could mend.
    static final class RootException extends IOException {
        private static final long serialVersionUID = 1L;

        RootException(IOException cause) {
            super(cause.toString(), cause);
        }
    }

    private SecureFolder folder(String name) throws IOException {
        if (!attributes(name).isDirectory()) {
            throw FileRefusal.io("a name on the way is no folder, or a link, which is not followed");
        }
        return new SecureFolder(stream.newDirectoryStream(path(name), LinkOption.NOFOLLOW_LINKS), root);
    }

    private Path path(String name) throws IOException {
        try {
            return root.getFileSystem().getPath(name);
        } catch (InvalidPathException e) {
            throw FileRefusal.io("this host's system has no such name: its locale lacks a character");
        }
    }

    /// What there is under a name; of a link its own.
    BasicFileAttributes attributes(String name) throws IOException {
        return view(name, BasicFileAttributeView.class).readAttributes();
    }

    /// What the folder itself is.
    BasicFileAttributes attributes() throws IOException {
        return stream.getFileAttributeView(BasicFileAttributeView.class).readAttributes();
    }

    Optional<BasicFileAttributes> find(String name) throws IOException {
        try {
            return Optional.of(attributes(name));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private <V extends BasicFileAttributeView> V view(String name, Class<V> type) throws IOException {
        @Nullable V view = stream.getFileAttributeView(path(name), type, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            throw FileRefusal.io("this file system does not tell what its files are");
        }
        return view;
    }

    private void requireFile(String name) throws IOException {
        if (!attributes(name).isRegularFile()) {
            throw notAFile();
        }
    }

    private static FileRefusal notAFile() {
        return FileRefusal.io("it is no regular file");
    }

    /// Hands over every name there is, in no order.
    void names(Consumer<String> each) throws IOException {
        int count = 0;
        try {
            for (Path entry : stream) {
                if (++count > NAMES_MAX) {
                    throw FileRefusal.io("the folder has too many names to be listed, max=" + NAMES_MAX);
                }
                each.accept(String.valueOf(entry.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /// The content of a file.
    byte[] read(String name, int bytesMax) throws IOException {
        requireFile(name);
        try (SeekableByteChannel channel = stream.newByteChannel(path(name), options(StandardOpenOption.READ));
                InputStream input = Channels.newInputStream(channel)) {
            byte[] content = input.readNBytes(bytesMax + 1);
            if (content.length > bytesMax) {
                throw FileRefusal.io("the file is too large, max=" + bytesMax + " bytes=" + channel.size());
            }
            return content;
        }
    }

    /// Makes a file that is not there yet. One that could not be written whole is taken away again.
    void create(String name, byte[] content) throws IOException {
        boolean whole = false;
        FileChannel channel = channel(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (channel) {
            write(channel, content);
            whole = true;
        } finally {
            if (!whole) {
                takeAway(name);
            }
        }
        sync();
    }

    /// Puts a file in the place of what has its name, or of nothing, in one step. It keeps the rights of the former
    /// one.
    void replace(String name, byte[] content) throws IOException {
        Optional<BasicFileAttributes> former = find(name);
        if (former.isPresent() && !former.get().isRegularFile()) {
            throw notAFile();
        }
        String temporary = FilePath.RESERVED + UUID.randomUUID() + TEMPORARY;
        boolean placed = false;
        FileChannel channel = channel(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            try (channel) {
                write(channel, content);
            }
            if (former.isPresent()) {
                keepRights(name, temporary);
            }
            stream.move(path(temporary), stream, path(name));
            placed = true;
        } finally {
            if (!placed) {
                takeAway(temporary);
            }
        }
        sync();
    }

    private void keepRights(String from, String to) throws IOException {
        try {
            copyRights(from, to);
        } catch (NoSuchFileException _) {
            // The former one is gone meanwhile, and its rights with it.
        }
    }

    private void copyRights(String from, String to) throws IOException {
        @Nullable
        PosixFileAttributeView former =
                stream.getFileAttributeView(path(from), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (former != null) {
            Set<PosixFilePermission> rights = former.readAttributes().permissions();
            view(to, PosixFileAttributeView.class).setPermissions(rights);
        }
    }

    /// Writes at the end of a file, or makes it.
    ///
    /// @return its size then
    long append(String name, byte[] content, int bytesMax) throws IOException {
        Optional<BasicFileAttributes> former = find(name);
        if (former.isPresent() && !former.get().isRegularFile()) {
            throw notAFile();
        }
        try (FileChannel channel =
                channel(name, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            long size = channel.size();
            if (size + content.length > bytesMax) {
                throw FileRefusal.io("the file would be too large, max=" + bytesMax + " bytes=" + size);
            }
            write(channel, content);
            if (former.isEmpty()) {
                sync();
            }
            return channel.size();
        }
    }

    private FileChannel channel(String name, OpenOption... how) throws IOException {
        SeekableByteChannel channel = stream.newByteChannel(path(name), options(how));
        if (channel instanceof FileChannel file) {
            return file;
        }
        channel.close();
        throw new FileRefusal(FailedCode.UNSUPPORTED, "this file system does not say when a file is on disk");
    }

    private static Set<OpenOption> options(OpenOption... how) {
        Set<OpenOption> options = new HashSet<>(List.of(how));
        options.add(LinkOption.NOFOLLOW_LINKS);
        return options;
    }

    private static void write(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.position() < content.length) {
            bytes.limit(Math.min(content.length, bytes.position() + CHUNK_BYTES));
            int _ = channel.write(bytes);
        }
        channel.force(true);
    }

    /// What names a folder has is on disk after this, where the system can say so of folders; not all can.
    private void sync() {
        try (SeekableByteChannel self = stream.newByteChannel(path("."), options(StandardOpenOption.READ))) {
            if (self instanceof FileChannel channel) {
                channel.force(true);
            }
        } catch (IOException _) {
            // The file itself is on disk, and its name will be.
        }
    }

    private void takeAway(String name) {
        try {
            stream.deleteFile(path(name));
        } catch (IOException _) {
            // What is wrong has been said already, by whatever failed first.
        }
    }

    /// Makes a folder. One cannot be made by an open folder and a name; so it is made under a name of the host's own in
    /// the folder for files, which is nobody's to replace, and moved to its place.
    ///
    /// @return whether it was not there yet
    boolean makeFolder(String name) throws IOException {
        Optional<BasicFileAttributes> former = find(name);
        if (former.isPresent()) {
            if (former.get().isDirectory()) {
                return false;
            }
            throw FileRefusal.io("there is something else of that name already");
        }
        Path made = Files.createDirectory(root.resolve(FilePath.RESERVED + UUID.randomUUID() + TEMPORARY));
        boolean placed = false;
        try (SecureFolder top = open(root)) {
            top.stream.move(made.getFileName(), stream, path(name));
            placed = true;
        } finally {
            if (!placed) {
                Files.deleteIfExists(made);
            }
        }
        sync();
        return true;
    }

    /// Deletes a file or an empty folder.
    void delete(String name) throws IOException {
        BasicFileAttributes attributes = attributes(name);
        if (attributes.isDirectory()) {
            stream.deleteDirectory(path(name));
        } else if (attributes.isRegularFile()) {
            stream.deleteFile(path(name));
        } else {
            throw FileRefusal.io("it is neither a regular file nor a folder");
        }
        sync();
    }

    /// Gives a file or folder another place. A file may take that of another file, in one step.
    void move(String name, SecureFolder target, String to) throws IOException {
        BasicFileAttributes attributes = attributes(name);
        if (!attributes.isRegularFile() && !attributes.isDirectory()) {
            throw FileRefusal.io("it is neither a regular file nor a folder");
        }
        Optional<BasicFileAttributes> former = target.find(to);
        boolean bothFiles = attributes.isRegularFile()
                && former.map(BasicFileAttributes::isRegularFile).orElse(true);
        if (former.isPresent() && !bothFiles) {
            throw FileRefusal.io("there is something of that name already, which cannot be replaced");
        }
        stream.move(path(name), target.stream, target.path(to));
        sync();
        target.sync();
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException _) {
            // Nothing is written through it.
        }
    }
}
