package dev.cloche.cli;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import java.nio.file.Files;
import java.nio.file.Path;

/// A folder or zip that a user names as a bundle.
///
/// @param path as the user wrote it
record BundlePath(Path path) {
    /// Reads the bundle.
    ///
    /// @throws CommandFailure if there is nothing at the path
    /// @throws BundleException if what is there is not a bundle that can be used
    Bundle read() {
        requireExists();
        return BundleReader.read(path);
    }

    /// The path as any process of this machine understands it.
    String absolute() {
        return path.toAbsolutePath().normalize().toString();
    }

    void requireExists() {
        if (!Files.exists(path)) {
            throw new CommandFailure(ExitStatus.USAGE, "there is no such bundle, path=" + path);
        }
    }
}
