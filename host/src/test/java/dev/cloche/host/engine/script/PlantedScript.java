package dev.cloche.host.engine.script;

/// What the other planted classes of the engine know though they must not.
public final class PlantedScript {
    private PlantedScript() {}

    public static String name() {
        return "script";
    }
}
