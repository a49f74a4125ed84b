package dev.cloche.host.engine;

import dev.cloche.host.engine.script.PlantedScript;

/// Breaks rules of the architecture on purpose, for the test that proves them: the common part knows one language.
public final class PlantedLanguage {
    private PlantedLanguage() {}

    static String name() {
        return PlantedScript.name();
    }
}
