package dev.cloche.bench.engine;

import dev.cloche.bench.area.Area;
import java.util.List;

/// Isolates, snapshots, the module cache, and the speed of guests.
public final class EngineArea {
    private EngineArea() {}

    public static Area area() {
        return new Area(
                "engine",
                "Isolates, snapshots, the module cache, and the speed of guests",
                List.of(
                        new StampLine(),
                        new ResetLine(),
                        new FirstCallLine(),
                        new DeclaredLine(),
                        new DensityLine(),
                        new RestartLine(),
                        new SpeedLine(),
                        new CallLine()));
    }
}
