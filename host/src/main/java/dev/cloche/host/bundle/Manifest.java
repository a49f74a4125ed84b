package dev.cloche.host.bundle;

import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// The manifest of a bundle, `cloche.json`, read and valid.
///
/// @param name the extension's id: lower-case words joined by dashes
/// @param version a semantic version
/// @param entry path of the code within the bundle
/// @param capabilities by name, in order of name
/// @param depends other extensions by name, with the range of versions that will do
/// @param requiresHost the range of host versions that will do; `*` where the manifest does not say
public record Manifest(
        String name,
        String version,
        Kind kind,
        String entry,
        Abi abi,
        String description,
        String license,
        SortedMap<String, Capability> capabilities,
        Contributions contributes,
        LimitRequests limits,
        PoolSettings pool,
        EngineSettings engine,
        SortedMap<String, String> depends,
        String requiresHost) {
    /// The file name of a manifest within its bundle.
    public static final String FILE_NAME = "cloche.json";

    public Manifest {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(abi, "abi");
        Objects.requireNonNull(engine, "engine");
        capabilities = unmodifiable(capabilities);
        depends = unmodifiable(depends);
    }

    private static <V> SortedMap<String, V> unmodifiable(Map<String, V> map) {
        return java.util.Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    /// What the code is written in.
    public enum Kind {
        /// A WebAssembly module.
        WASM,
        /// An ES module in JavaScript.
        SCRIPT
    }

    /// How host and guest speak to each other.
    public enum Abi {
        CLOCHE_V1("cloche_v1", Kind.WASM),
        SCRIPT_V1("script_v1", Kind.SCRIPT);

        private final String label;
        private final Kind kind;

        Abi(String label, Kind kind) {
            this.label = label;
            this.kind = kind;
        }

        /// The name in manifests.
        public String label() {
            return label;
        }

        /// The kind of code that speaks it.
        public Kind kind() {
            return kind;
        }
    }
}
