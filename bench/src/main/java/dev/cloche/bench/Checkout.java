package dev.cloche.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/// The folder of Cloche's sources. Benchmarks run nowhere else: that is where their bundles, scripts and peers lie.
public final class Checkout {
    /// Where the launcher says that the checkout is; without it, it is looked for upwards from the current folder.
    public static final String PROPERTY = "cloche.checkout";

    private Checkout() {}

    /// A file or folder of the checkout that has to be there.
    public static Path path(String name) {
        Path path = root().resolve(name);
        if (!Files.exists(path)) {
            throw new IllegalStateException("a file of the checkout is missing; build Cloche first, path=" + path);
        }
        return path;
    }

    /// Whether a file or folder of the checkout is there that need not be.
    public static boolean has(String name) {
        return Files.exists(root().resolve(name));
    }

    private static Path root() {
        String told = System.getProperty(PROPERTY);
        Path start = Path.of(told == null ? "" : told).toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("bench/bundles"))) {
                return folder;
            }
        }
        throw new IllegalStateException("benchmarks run within a checkout of Cloche, directory=" + start);
    }
}
