package dev.cloche.host.conformance;

import dev.cloche.host.conformance.Outcome.Failed;
import dev.cloche.host.conformance.Outcome.NotSupported;
import dev.cloche.host.conformance.Outcome.Passed;
import dev.cloche.host.conformance.Outcome.TextOnly;
import dev.cloche.host.conformance.ScriptResult.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The results of a run as Markdown, made to be pasted into docs/conformance.md.
///
/// @param pipelines the first is the one that the others are held against
/// @param environment what it ran on: names and values
record Report(
        List<Pipeline> pipelines,
        List<ScriptResult> results,
        Map<String, String> environment,
        Map<String, String> unconverted) {
    /// Past this many a list tells nothing more.
    private static final int ROWS_MAX = 500;

    /// How many of the lines are named at which the same happened.
    private static final int LINES_MAX = 6;

    private static final int REASON_CHARS_MAX = 240;

    Report {
        pipelines = List.copyOf(pipelines);
        results = List.copyOf(results);
    }

    /// What fails in a pipeline though it passes in the first one.
    List<Finding> regressions(Pipeline pipeline) {
        return results.stream()
                .flatMap(result -> result.failures(pipeline, pipelines.getFirst(), Passed.class).stream())
                .toList();
    }

    boolean hasRegressions() {
        return pipelines.stream()
                .skip(1)
                .anyMatch(pipeline -> !regressions(pipeline).isEmpty());
    }

    String markdown() {
        StringBuilder out = new StringBuilder();
        environment.forEach((name, value) -> line(out, "- " + name + ": " + value));
        totals(out);
        reasons(out);
        regressions(out);
        failures(out);
        unconverted(out);
        scripts(out);
        return out.toString();
    }

    private void totals(StringBuilder out) {
        heading(out, "Totals");
        table(out, "pipeline", "passed", "failed", "not supported", "text format only", "commands");
        for (Pipeline pipeline : pipelines) {
            row(
                    out,
                    "`" + pipeline.name() + "`",
                    sum(pipeline, Passed.class),
                    sum(pipeline, Failed.class),
                    sum(pipeline, NotSupported.class),
                    sum(pipeline, TextOnly.class),
                    sum(pipeline, Outcome.class));
        }
    }

    private void reasons(StringBuilder out) {
        Map<String, Map<String, Integer>> counts = new TreeMap<>();
        for (Pipeline pipeline : pipelines) {
            for (ScriptResult result : results) {
                for (Outcome outcome : result.of(pipeline)) {
                    if (outcome instanceof NotSupported(String reason)) {
                        counts.computeIfAbsent(reason, r -> new TreeMap<>()).merge(pipeline.name(), 1, Integer::sum);
                    }
                }
            }
        }
        if (counts.isEmpty()) {
            return;
        }
        heading(out, "Not supported");
        table(out, "reason", pipelines.stream().map(Pipeline::name).toArray());
        counts.forEach((reason, found) -> row(
                out,
                clip(reason),
                pipelines.stream().map(p -> found.getOrDefault(p.name(), 0)).toArray()));
    }

    private void regressions(StringBuilder out) {
        for (Pipeline pipeline : pipelines.stream().skip(1).toList()) {
            List<Finding> found = regressions(pipeline);
            heading(out, "Passed by " + pipelines.getFirst().name() + ", failed by " + pipeline.name());
            findings(out, found);
        }
    }

    /// All of the first pipeline; of the others what is not told by the first and the regressions.
    private void failures(StringBuilder out) {
        Pipeline first = pipelines.getFirst();
        heading(out, "Failed by " + first.name());
        findings(out, failures(first));
        for (Pipeline pipeline : pipelines.stream().skip(1).toList()) {
            List<Finding> found = results.stream()
                    .flatMap(result -> result.failures(pipeline, first, NotSupported.class).stream())
                    .toList();
            if (!found.isEmpty()) {
                heading(out, "Not supported by " + first.name() + ", failed by " + pipeline.name());
                findings(out, found);
            }
        }
    }

    private List<Finding> failures(Pipeline pipeline) {
        return results.stream()
                .flatMap(result -> result.failures(pipeline).stream())
                .toList();
    }

    private static void findings(StringBuilder out, List<Finding> found) {
        if (found.isEmpty()) {
            line(out, "None.");
            return;
        }
        Map<Finding, List<Integer>> lines = new LinkedHashMap<>();
        for (Finding finding : found) {
            lines.computeIfAbsent(finding.anywhere(), f -> new ArrayList<>()).add(finding.line());
        }
        table(out, "script", "lines", "command", "what happened");
        lines.entrySet().stream().limit(ROWS_MAX).forEach(same -> {
            Finding finding = same.getKey();
            row(out, finding.script(), lines(same.getValue()), finding.label(), clip(finding.reason()));
        });
        if (lines.size() > ROWS_MAX) {
            line(out, "");
            line(out, "... and " + (lines.size() - ROWS_MAX) + " more rows.");
        }
    }

    private static String lines(List<Integer> lines) {
        String named = lines.stream().limit(LINES_MAX).map(String::valueOf).collect(Collectors.joining(", "));
        return lines.size() <= LINES_MAX ? named : named + " and " + (lines.size() - LINES_MAX) + " more";
    }

    private void unconverted(StringBuilder out) {
        if (unconverted.isEmpty()) {
            return;
        }
        heading(out, "Not converted");
        table(out, "script", "what the converter said");
        unconverted.forEach((name, message) -> row(out, name, clip(message)));
    }

    private void scripts(StringBuilder out) {
        heading(out, "By script");
        line(out, "Passed / failed / not supported.");
        line(out, "");
        table(out, "script", pipelines.stream().map(Pipeline::name).toArray());
        for (ScriptResult result : results) {
            row(
                    out,
                    result.script().name(),
                    pipelines.stream().map(p -> cell(result, p)).toArray());
        }
    }

    private static String cell(ScriptResult result, Pipeline pipeline) {
        return result.count(pipeline, Passed.class) + " / " + result.count(pipeline, Failed.class) + " / "
                + result.count(pipeline, NotSupported.class);
    }

    private long sum(Pipeline pipeline, Class<? extends Outcome> kind) {
        return results.stream()
                .mapToLong(result -> result.count(pipeline, kind))
                .sum();
    }

    private static void heading(StringBuilder out, String text) {
        line(out, "");
        line(out, "### " + text);
        line(out, "");
    }

    private static void table(StringBuilder out, String first, Object... others) {
        row(out, first, others);
        line(out, "|" + "---|".repeat(others.length + 1));
    }

    private static void row(StringBuilder out, String first, Object... others) {
        out.append("| ").append(first);
        for (Object cell : others) {
            out.append(" | ").append(cell);
        }
        line(out, " |");
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append('\n');
    }

    /// One line that does not break a table.
    private static String clip(String text) {
        String flat = text.replaceAll("\\s+", " ").replace("|", "\\|");
        return flat.length() <= REASON_CHARS_MAX ? flat : flat.substring(0, REASON_CHARS_MAX) + "...";
    }
}
