package dev.cloche.cli;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Contributions;
import dev.cloche.host.bundle.EngineSettings;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.EntryKind;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Manifests for tests that need no bundle.
final class Manifests {
    private Manifests() {}

    /// A script named `garden` with these entries.
    static Manifest with(Contributions contributions, Capability... capabilities) {
        SortedMap<String, Capability> byName = new TreeMap<>();
        for (Capability capability : capabilities) {
            byName.put(capability.name(), capability);
        }
        return new Manifest(
                "garden",
                "1.2.3",
                Manifest.Kind.SCRIPT,
                "main.js",
                Manifest.Abi.SCRIPT_V1,
                "Grows things",
                "Apache-2.0",
                byName,
                contributions,
                LimitRequests.NONE,
                PoolSettings.DEFAULT,
                EngineSettings.DEFAULT,
                new TreeMap<>(),
                "*");
    }

    /// A filter and a tool named `water`, and the commands `plant` and `prune`.
    static Contributions contributions() {
        return new Contributions(
                List.of(new Contributions.Hook("water", EntryKind.FILTER, 10, Contributions.FailurePolicy.SKIP)),
                List.of(new Contributions.Tool("water", "Waters", "{}")),
                List.of(new Contributions.Command("plant", "Plants"), new Contributions.Command("prune", "Prunes")));
    }
}
