package dev.cloche.bench.area;

import java.util.List;

/// What `cloche bench` measures in one run and shows as one table.
///
/// @param name what is typed
/// @param title in words
public record Area(String name, String title, List<Line> lines) {
    public Area {
        lines = List.copyOf(lines);
        if (lines.stream().map(Line::id).distinct().count() != lines.size()) {
            throw new IllegalArgumentException("lines must have names of their own, area=" + name);
        }
    }
}
