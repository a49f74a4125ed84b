package dev.cloche.bench.report;

import java.util.stream.Collectors;

/// A report for a document.
public final class MarkdownReport {
    private MarkdownReport() {}

    public static String of(Report report) {
        StringBuilder text = new StringBuilder("```\n$ ")
                .append(report.command())
                .append('\n')
                .append(report.machine().header())
                .append("```\n\n")
                .append("| Measure | Cloche | Beside it, in the same run | Bar | Verdict |\n|---|---|---|---|---|\n");
        for (Row row : report.rows()) {
            text.append("| ")
                    .append(cell(row.measure()))
                    .append(" | ")
                    .append(cell(TextReport.labelled(row.ours())))
                    .append(" | ")
                    .append(row.beside().stream()
                            .map(TextReport::labelled)
                            .map(MarkdownReport::cell)
                            .collect(Collectors.joining("<br>")))
                    .append(" | ")
                    .append(cell(row.bar().text()))
                    .append(" | ")
                    .append(row.bar().verdict().label())
                    .append(" |\n");
        }
        report.parts().stream()
                .flatMap(part -> part.notes().stream())
                .map(note -> "\n- " + note)
                .forEach(text::append);
        return text.append("\n\n").append(report.summary()).append('\n').toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
