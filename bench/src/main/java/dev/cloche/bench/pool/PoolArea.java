package dev.cloche.bench.pool;

import dev.cloche.bench.area.Area;
import java.util.List;

/// The isolate pool.
public final class PoolArea {
    private PoolArea() {}

    public static Area area() {
        return new Area("pool", "The isolate pool beside Stormpot and Apache Commons Pool", List.of(new AcquireLine()));
    }
}
