package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.extension.ExtensionLoader.CodeInterface;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is in a bundle and what it would get, found out without running any of its code.
///
/// @param files size in bytes by path
/// @param imports what the code needs from its host: `module.name (kind type)` for wasm, specifiers for a script
/// @param exports what the code offers: `name (kind type)` for wasm; empty for a script
/// @param transformations what happens to the code before it runs, for people
/// @param granted the capabilities asked for that it would get here
/// @param withheld the capabilities asked for that it would not get here without a grant
public record Inspection(
        Manifest manifest,
        String digest,
        SortedMap<String, Integer> files,
        List<String> imports,
        List<String> exports,
        List<String> transformations,
        List<Capability> granted,
        List<Capability> withheld) {
    static Inspection of(Bundle bundle, CodeInterface code, List<Capability> granted, List<Capability> withheld) {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        bundle.files().forEach((path, content) -> sizes.put(path, content.size()));
        return new Inspection(
                bundle.manifest(),
                bundle.digest(),
                sizes,
                code.imports(),
                code.exports(),
                code.transformations(),
                granted,
                withheld);
    }
}
