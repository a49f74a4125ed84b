package dev.cloche.host.engine.wasm;

import dev.cloche.host.engine.script.PlantedScript;

/// Breaks rules of the architecture on purpose, for the test that proves them: knows the other language's package.
public final class PlantedSibling {
    private PlantedSibling() {}

    static String name() {
        return PlantedScript.name();
    }
}
