package dev.cloche.bench.engine;

import dev.cloche.bench.area.Area;
import java.util.List;

/// Fuel, deadlines, and guests that take turns.
public final class BudgetsArea {
    private BudgetsArea() {}

    public static Area area() {
        return new Area(
                "budgets", "Fuel, deadlines, and guests that take turns", List.of(new FuelLine(), new StopLine()));
    }
}
