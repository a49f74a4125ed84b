package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Reads the files of a bundle out of a folder. Links are not followed, and nothing but plain files is opened: a pipe
/// would never end.
final class FolderContent {
    private final Path root;
    private final Violations violations;
    private final Map<String, Payload> files = new TreeMap<>();
    private final Set<String> refused = new HashSet<>();
    /// Patterns that have met a file, be it one that an earlier pattern had read.
    private final Set<String> matched = new HashSet<>();
    private long total;
    private int namesSeen;
    private boolean full;

    FolderContent(Path root, Violations violations) {
        this.root = root;
        this.violations = violations;
    }

    /// The files that were read so far, by path.
    Map<String, Payload> files() {
        return files;
    }

    /// Reads the manifest alone, if there is one that can be read.
    Optional<Payload> readManifest() {
        take(Manifest.FILE_NAME, root.resolve(Manifest.FILE_NAME), BundleLimits.MANIFEST_BYTES_MAX);
        return Optional.ofNullable(files.get(Manifest.FILE_NAME));
    }

    /// Reads every file that a pattern matches.
    void read(List<FilePattern> patterns) {
        for (FilePattern pattern : patterns) {
            expand(pattern, pattern.names(), "", root);
            if (pattern.isRequired() && !matched.contains(pattern.text()) && !full) {
                violations.add(
                        pattern.pointer(),
                        Text.quote(pattern.text()) + " matches no file of the folder",
                        "build it first, or leave it out");
            }
        }
    }

    private void expand(FilePattern pattern, List<String> names, String prefix, Path folder) {
        String name = names.getFirst();
        List<String> rest = names.subList(1, names.size());
        if (FilePattern.isLiteral(name) && !pattern.ignoreCase()) {
            step(pattern, rest, prefix + name, folder.resolve(name));
            return;
        }
        boolean anyFolders = FilePattern.isAnyFolders(name);
        if (anyFolders && !rest.isEmpty()) {
            expand(pattern, rest, prefix, folder);
        }
        for (String child : children(prefix, folder)) {
            if (FilePattern.isOutOfSight(child)) {
                continue;
            }
            Path path = folder.resolve(child);
            if (!anyFolders) {
                if (pattern.matches(name, child)) {
                    step(pattern, rest, prefix + child, path);
                }
            } else if (isFolder(path)) {
                expandBelow(pattern, names, prefix + child, path);
            } else if (rest.isEmpty()) {
                step(pattern, rest, prefix + child, path);
            } else {
                refuseLink(prefix + child, path);
            }
        }
    }

    private void expandBelow(FilePattern pattern, List<String> names, String path, Path folder) {
        var problem = PathRules.problem(path);
        if (problem.isPresent()) {
            refuse(path, problem.get().message(), problem.get().hint());
        } else {
            expand(pattern, names, path + "/", folder);
        }
    }

    /// Goes one name on: into a folder if the pattern has more names, else to the file itself.
    private void step(FilePattern pattern, List<String> rest, String path, Path file) {
        if (rest.isEmpty()) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && !(isFolder(file) && !FilePattern.isLiteral(pattern.text()))) {
                matched.add(pattern.text());
                take(path, file, BundleLimits.FILE_BYTES_MAX);
            }
        } else if (isFolder(file)) {
            expand(pattern, rest, path + "/", file);
        } else {
            refuseLink(path, file);
        }
    }

    private List<String> children(String prefix, Path folder) {
        List<String> children = new ArrayList<>();
        if (full) {
            return children;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path child : stream) {
                if (++namesSeen > BundleLimits.FOLDER_NAMES_MAX) {
                    full = true;
                    violations.addWhole(
                            "has too many files to look through, max=" + BundleLimits.FOLDER_NAMES_MAX,
                            "name the files of the bundle in \"files\", without ** over large folders");
                    return List.of();
                }
                children.add(child.getFileName().toString());
            }
        } catch (IOException | DirectoryIteratorException e) {
            refuse(
                    prefix.isEmpty() ? "." : prefix,
                    "is a folder that cannot be read, cause=" + reason(e),
                    "give read permission, or leave it out");
        }
        Collections.sort(children);
        return children;
    }

    /// Reads one file under a path that is to become part of the bundle.
    private void take(String path, Path file, int bytesMax) {
        if (files.containsKey(path) || refused.contains(path) || full) {
            return;
        }
        var problem = PathRules.problem(path);
        if (problem.isPresent()) {
            refuse(path, problem.get().message(), problem.get().hint());
            return;
        }
        if (refuseLink(path, file)) {
            return;
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                refuse(path, "is a folder", "name files; " + Text.quote(path + "/**") + " takes all that are in it");
            } else if (!attributes.isRegularFile()) {
                refuse(path, "is neither a plain file nor a folder", "put a plain file there");
            } else {
                load(path, file, bytesMax);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        } catch (IOException e) {
            refuse(path, "cannot be read, cause=" + reason(e), "give read permission, or leave it out");
        }
    }

    private void load(String path, Path file, int bytesMax) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(bytesMax + 1);
        }
        if (bytes.length > bytesMax) {
            refuse(path, "is larger than this file may be, max=" + bytesMax, "make it smaller");
            return;
        }
        total += bytes.length;
        if (total > BundleLimits.TOTAL_BYTES_MAX || files.size() >= BundleLimits.FILES_MAX) {
            full = true;
            violations.addWhole(
                    "holds more than a bundle may have, bytes-max=" + BundleLimits.TOTAL_BYTES_MAX + " files-max="
                            + BundleLimits.FILES_MAX,
                    "leave out what the code does not need, by \"files\"");
            return;
        }
        files.put(path, Payload.wrap(bytes));
    }

    private boolean refuseLink(String path, Path file) {
        if (Files.isSymbolicLink(file)) {
            refuse(path, "is a symbolic link", "put the file itself there");
            return true;
        }
        return false;
    }

    private void refuse(String path, String message, String hint) {
        if (refused.add(path)) {
            violations.addFile(path, message, hint);
        }
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof DirectoryIteratorException wrapped ? wrapped.getCause() : e;
        return cause instanceof AccessDeniedException
                ? "permission denied"
                : String.valueOf(cause).replaceAll("[\\p{Cntrl}]", " ");
    }
}
