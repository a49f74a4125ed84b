package dev.cloche.bench.report;

import java.util.List;
import java.util.Objects;

/// The table of one area, and what it was measured on.
///
/// @param command what was typed
/// @param title the area in words
public record Report(String command, String title, Machine machine, List<Part> parts) {
    public Report {
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(machine, "machine");
        parts = List.copyOf(parts);
    }

    public List<Row> rows() {
        return parts.stream().flatMap(part -> part.rows().stream()).toList();
    }

    public long count(Verdict verdict) {
        return rows().stream().filter(row -> row.bar().verdict() == verdict).count();
    }

    /// One line that says how it went.
    public String summary() {
        return "bars: met=" + count(Verdict.MET) + " missed=" + count(Verdict.MISSED) + " failed="
                + count(Verdict.FAILED);
    }
}
