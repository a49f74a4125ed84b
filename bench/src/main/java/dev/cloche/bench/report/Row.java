package dev.cloche.bench.report;

import java.util.List;
import java.util.Objects;

/// A row of a table.
///
/// @param measure what was measured
/// @param ours Cloche's figure
/// @param beside what was measured beside it in the same run
public record Row(String measure, Figure ours, List<Figure> beside, Bar bar) {
    public Row {
        Objects.requireNonNull(measure, "measure");
        Objects.requireNonNull(ours, "ours");
        beside = List.copyOf(beside);
        Objects.requireNonNull(bar, "bar");
    }

    /// The row of something that could not be measured.
    public static Row failed(String measure, String reason) {
        return new Row(measure, new Figure.Missing("", reason), List.of(), new Bar("", Verdict.FAILED));
    }
}
