package dev.cloche.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns, each as wide as its widest cell.
final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    TextTable(List<String> headings) {
        this(headings.size());
        row(headings);
    }

    /// A table without headings.
    TextTable(int columns) {
        this.columns = columns;
    }

    void row(List<String> cells) {
        if (cells.size() != columns) {
            throw new IllegalArgumentException("a row must fill the table, cells=" + cells.size());
        }
        rows.add(cells.stream().map(PlainText::line).toList());
    }

    /// As [#lines]; none where there is nothing below the headings.
    List<String> linesIfAny() {
        return rows.size() > 1 ? lines() : List.of();
    }

    List<String> lines() {
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            line.append(cell).repeat(' ', widths[i] - cell.length()).append(GAP);
        }
        return line.toString().stripTrailing();
    }
}
