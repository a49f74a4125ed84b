package dev.cloche.host.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The folder of the host that guests' paths begin in, setting `files.root`.
public final class FilesFolder {
    /// The setting that names it.
    public static final String SETTING = "files.root";

    /// What a home has of its own: no guest's files lie there.
    private static final List<String> OF_THE_HOME = List.of("bundles", "cache", "driver");

    private final @Nullable Path root;
    private final Path home;

    /// @param root null where there is none
    /// @param home the host's home, which must not be reached through it
    public FilesFolder(@Nullable Path root, Path home) {
        this.root = root;
        this.home = home;
    }

    /// Where it is, if one is set.
    public Optional<Path> root() {
        return Optional.ofNullable(root);
    }

    /// Why it cannot be used, for an operator; nothing if it can be, or none is set.
    public Optional<String> problem() {
        if (root == null) {
            return Optional.empty();
        }
        try {
            Path real = root.toRealPath();
            if (!Files.isDirectory(real)) {
                return Optional.of("it is no folder, " + SETTING + "=" + root);
            }
            if (!Files.isReadable(real) || !Files.isExecutable(real)) {
                return Optional.of("this user may not read it, " + SETTING + "=" + root);
            }
            return overlap(real, Files.exists(home) ? home.toRealPath() : home);
        } catch (IOException e) {
            return Optional.of("it is not there, or cannot be looked at, " + SETTING + "=" + root + " cause=" + e);
        }
    }

    /// Whoever reads the home has the secrets and every extension's data; whoever writes it owns the host.
    private Optional<String> overlap(Path realRoot, Path realHome) {
        boolean around = realHome.startsWith(realRoot);
        boolean within = !around
                && realRoot.startsWith(realHome)
                && OF_THE_HOME.contains(realHome.relativize(realRoot).getName(0).toString());
        return around || within
                ? Optional.of(
                        "it holds what is the host's own; name a folder beside the home, or one of its own in it, "
                                + SETTING + "=" + root + " home=" + home)
                : Optional.empty();
    }

    /// Why no folder of this platform can be used.
    public Optional<String> platformProblem() {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(root == null ? home : root)) {
            return opened instanceof SecureDirectoryStream
                    ? Optional.empty()
                    : Optional.of("this platform cannot open files without following links, " + SETTING + "=" + root);
        } catch (IOException e) {
            return Optional.of("it cannot be opened, " + SETTING + "=" + root + " cause=" + e);
        }
    }

    /// Which names guests cannot use, because of how the host was started.
    public Optional<String> namesProblem() {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        return encoding.equalsIgnoreCase("UTF-8")
                ? Optional.empty()
                : Optional.of("names with characters that the locale lacks cannot be used, encoding=" + encoding);
    }

    /// Whether guests can write there, as far as the system says.
    public boolean isWritable() {
        return root != null && Files.isWritable(root);
    }
}
