package dev.cloche.bench;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;
import java.nio.file.Files;
import java.nio.file.Path;

/// The bundles that are measured with.
final class Bundles {
    private Bundles() {}

    /// The example extension in WebAssembly.
    static Bundle wasm() {
        return BundleReader.read(checkout().resolve("guests/hello"));
    }

    /// The least a script can be.
    static Bundle script() {
        return BundleReader.read(checkout().resolve("bench/bundles/bench-script"));
    }

    private static Path checkout() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("bench/bundles"))) {
                return folder;
            }
        }
        throw new IllegalStateException("benchmarks run within a checkout of Cloche, directory=" + start);
    }
}
