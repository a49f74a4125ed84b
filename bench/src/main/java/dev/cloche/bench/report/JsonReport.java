package dev.cloche.bench.report;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A report for a program: numbers are in nanoseconds, bytes or plain ratios.
public final class JsonReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private JsonReport() {}

    public static String of(Report report) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("title", report.title());
        root.put("command", report.command());
        root.set("machine", machine(report.machine()));
        ArrayNode rows = root.putArray("rows");
        for (Part part : report.parts()) {
            part.rows().forEach(row -> rows.add(row(part.id(), row)));
        }
        ArrayNode notes = root.putArray("notes");
        report.parts().stream().map(Part::notes).flatMap(List::stream).forEach(notes::add);
        root.put("missed", report.count(Verdict.MISSED));
        root.put("failed", report.count(Verdict.FAILED));
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static ObjectNode machine(Machine machine) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("system", machine.system());
        node.put("processor", machine.processor());
        node.put("processors", machine.processors());
        node.put("memoryBytes", machine.memoryBytes());
        node.put("jdk", machine.jdk());
        machine.flags().forEach(node.putArray("flags")::add);
        return node;
    }

    private static ObjectNode row(String part, Row row) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("part", part);
        node.put("measure", row.measure());
        node.set("ours", figure(row.ours()));
        ArrayNode beside = node.putArray("beside");
        row.beside().forEach(figure -> beside.add(figure(figure)));
        node.put("bar", row.bar().text());
        node.put("verdict", row.bar().verdict().name().toLowerCase(Locale.ROOT));
        return node;
    }

    private static ObjectNode figure(Figure figure) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("label", figure.label());
        switch (figure) {
            case Figure.Spread spread -> {
                node.put("unit", spread.unit().name().toLowerCase(Locale.ROOT));
                node.put("median", spread.samples().median());
                node.put("p95", spread.samples().p95());
                node.put("samples", spread.samples().count());
            }
            case Figure.Single single -> {
                node.put("unit", single.unit().name().toLowerCase(Locale.ROOT));
                node.put("value", single.value());
            }
            case Figure.Missing missing -> node.put("missing", missing.reason());
        }
        return node;
    }
}
