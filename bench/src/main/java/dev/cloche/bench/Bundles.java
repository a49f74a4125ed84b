package dev.cloche.bench;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleReader;

/// The bundles that are measured with.
public final class Bundles {
    private Bundles() {}

    /// The example extension in WebAssembly.
    public static Bundle wasm() {
        return BundleReader.read(Checkout.path("guests/hello"));
    }

    /// The least a script can be.
    static Bundle script() {
        return BundleReader.read(Checkout.path("bench/bundles/bench-script"));
    }
}
