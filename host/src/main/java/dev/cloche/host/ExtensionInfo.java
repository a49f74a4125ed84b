package dev.cloche.host;

import dev.cloche.host.bundle.Manifest;

/// An extension as its host sees it.
///
/// @param tier how its code runs, and why where that is not `compiled`
/// @param making how its isolates are made: from a snapshot, or why not
/// @param stored whether the next host on the same home will have it as well
public record ExtensionInfo(String id, Manifest manifest, String digest, String tier, String making, boolean stored) {}
