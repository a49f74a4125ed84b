package dev.cloche.bench.report;

import java.util.List;

/// What one line of an area's list came to.
///
/// @param id the name it is picked by
/// @param notes what a reader of the rows has to know
public record Part(String id, List<Row> rows, List<String> notes) {
    public Part {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }
}
