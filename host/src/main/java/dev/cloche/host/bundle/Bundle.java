package dev.cloche.host.bundle;

import dev.cloche.host.call.Payload;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A manifest and its files, in memory, checked. Immutable.
///
/// Two bundles with the same content have the same digest, whether they came from a folder or a zip.
public final class Bundle {
    private final Manifest manifest;
    private final String digest;
    private final SortedMap<String, Payload> files;

    Bundle(Manifest manifest, String digest, SortedMap<String, Payload> files) {
        this.manifest = manifest;
        this.digest = digest;
        this.files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    public Manifest manifest() {
        return manifest;
    }

    /// SHA-256 of the canonical content, 64 lower-case hexadecimal digits.
    public String digest() {
        return digest;
    }

    /// All files by path, `/` between names, the manifest among them.
    public SortedMap<String, Payload> files() {
        return files;
    }

    /// The file at this path, if the bundle has it.
    public Optional<Payload> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /// The bundle as a canonical zip: the same files give the same bytes, and reading it gives a bundle of this digest.
    public Payload zip() {
        return BundleZip.write(files);
    }

    /// The code: the file that the manifest's `entry` names.
    public Payload code() {
        return Objects.requireNonNull(files.get(manifest.entry()), manifest.entry());
    }
}
