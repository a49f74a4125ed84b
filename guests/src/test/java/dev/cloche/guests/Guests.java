package dev.cloche.guests;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import java.nio.file.Path;

/// The folder of the example extensions.
final class Guests {
    /// Surefire tells where the module is; an IDE starts tests in the module's folder.
    static final Path FOLDER = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    /// The packages that the build installed from npm.
    static final Path NPM_PACKAGES = FOLDER.resolve("node_modules");

    private Guests() {}

    /// An example extension as it is in the repository.
    static Bundle bundle(String name) {
        return BundleReader.read(FOLDER.resolve(name));
    }

    /// An extension that exists for tests alone.
    static Bundle testBundle(String name) {
        return BundleReader.read(FOLDER.resolve("src/test/bundles").resolve(name));
    }
}
