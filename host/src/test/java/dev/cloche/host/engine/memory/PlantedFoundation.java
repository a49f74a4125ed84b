package dev.cloche.host.engine.memory;

import dev.cloche.host.engine.Isolate;

/// Breaks a rule of the architecture: what engines are made of knows nothing of isolates.
public final class PlantedFoundation {
    private PlantedFoundation() {}

    static boolean sound(Isolate isolate) {
        return isolate.sound();
    }
}
