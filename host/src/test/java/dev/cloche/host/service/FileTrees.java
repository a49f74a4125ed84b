package dev.cloche.host.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Folders of files, made and looked at by other means than those under test.
final class FileTrees {
    private static final FileTime THEN = FileTime.fromMillis(1_767_225_600_123L);

    private FileTrees() {}

    /// A folder with a bit of everything that guests may come across; the same each time, dates included.
    static Path planted(Path root) {
        try {
            Files.createDirectories(root.resolve("dir"));
            Files.createDirectory(root.resolve("denied"));
            Files.writeString(root.resolve("a.txt"), "first\n\u00e9\ud83d\ude00\u0001\"");
            Files.write(root.resolve("dir/b.bin"), new byte[] {0, 1, (byte) 0xff});
            Files.writeString(root.resolve("dir/\u00e9 \ud83d\ude00"), "named");
            Files.writeString(root.resolve("denied/x"), "denied");
            Files.createSymbolicLink(root.resolve("link"), Path.of("dir"));
            for (Path path : paths(root)) {
                if (!Files.isSymbolicLink(path)) {
                    Files.setLastModifiedTime(path, THEN);
                }
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Deepest first, so that dating one leaves the dates of others alone.
    private static List<Path> paths(Path root) throws IOException {
        try (Stream<Path> walked = Files.walk(root)) {
            return walked.sorted((one, other) -> other.compareTo(one)).toList();
        }
    }

    /// What each path holds: a file's bytes, a link's target, or that it is a folder.
    static Map<String, String> shown(Path root) {
        Map<String, String> shown = new TreeMap<>();
        try {
            for (Path path : paths(root)) {
                String name = root.relativize(path).toString();
                if (Files.isSymbolicLink(path)) {
                    shown.put(name, "link to " + Files.readSymbolicLink(path));
                } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    shown.put(name, "folder");
                } else {
                    shown.put(name, Files.isRegularFile(path) ? content(path) : "other");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return shown;
    }

    private static String content(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, UTF_8);
        return bytes.length + " " + (text.length() > 100 ? text.hashCode() : text);
    }
}
