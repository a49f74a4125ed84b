package dev.cloche.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The files of a checkout that somebody wrote: everything but version control, builds and downloads.
///
/// @param root the folder with the parent pom
public record Repository(Path root) {
    private static final Set<String> SKIPPED = Set.of(".git", "target", "node_modules", ".idea", ".vscode");
    private static final int FILES_MAX = 20_000;

    /// The checkout that the working directory is in.
    ///
    /// @throws IllegalStateException if it is in none
    public static Repository here() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("tidy/pom.xml"))) {
                return new Repository(folder);
            }
        }
        throw new IllegalStateException("the working directory is in no checkout of Cloche, directory=" + start);
    }

    /// All files, in order of path.
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = String.valueOf(folder.getFileName());
                    boolean skipped = !folder.equals(root) && SKIPPED.contains(name);
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(file);
                    }
                    return files.size() < FILES_MAX ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (files.size() >= FILES_MAX) {
            throw new IllegalStateException("too many files to look at, root=" + root + " files-max=" + FILES_MAX);
        }
        files.sort(null);
        return files;
    }

    /// All files whose name ends so, in order of path.
    public List<Path> files(String suffix) {
        return files().stream().filter(file -> file.toString().endsWith(suffix)).toList();
    }

    /// The path as people write it, from the root, with slashes.
    public String nameOf(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /// @throws UncheckedIOException if it cannot be read or is not UTF-8
    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be read as text, file=" + file, e);
        }
    }
}
