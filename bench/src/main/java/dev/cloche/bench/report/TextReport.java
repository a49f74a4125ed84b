package dev.cloche.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A report for a terminal.
public final class TextReport {
    private static final int COLUMNS = 5;
    private static final String GAP = "  ";

    private TextReport() {}

    public static String of(Report report) {
        StringBuilder text = new StringBuilder(report.machine().header());
        text.append("# command    ").append(report.command()).append("\n\n");
        text.append(report.title()).append("\n\n");
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("MEASURE", "CLOCHE", "BESIDE IT, SAME RUN", "BAR", "VERDICT"));
        for (Row row : report.rows()) {
            lines.addAll(lines(row));
        }
        appendTable(text, lines);
        List<String> notes =
                report.parts().stream().flatMap(part -> part.notes().stream()).toList();
        if (!notes.isEmpty()) {
            text.append('\n');
            notes.forEach(note -> text.append("- ").append(note).append('\n'));
        }
        return text.append('\n').append(report.summary()).append('\n').toString();
    }

    /// The row's own line, and one more for each further figure that stands beside it.
    private static List<List<String>> lines(Row row) {
        List<List<String>> lines = new ArrayList<>();
        List<Figure> beside = row.beside();
        lines.add(List.of(
                row.measure(),
                labelled(row.ours()),
                beside.isEmpty() ? "" : labelled(beside.getFirst()),
                row.bar().text(),
                row.bar().verdict().label()));
        beside.stream().skip(1).forEach(figure -> lines.add(List.of("", "", labelled(figure), "", "")));
        return lines;
    }

    static String labelled(Figure figure) {
        return figure.label().isEmpty() ? figure.text() : figure.label() + " " + figure.text();
    }

    private static void appendTable(StringBuilder text, List<List<String>> lines) {
        int[] widths = new int[COLUMNS];
        for (List<String> line : lines) {
            for (int i = 0; i < COLUMNS; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < COLUMNS; i++) {
                cells.add(line.get(i) + " ".repeat(widths[i] - line.get(i).length()));
            }
            text.append(cells.stream().collect(Collectors.joining(GAP)).stripTrailing())
                    .append('\n');
        }
    }
}
