package dev.cloche.cli;

import dev.cloche.host.Inspection;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// An inspection as text and as JSON.
final class InspectionPrinter {
    private final Inspection inspection;

    InspectionPrinter(Inspection inspection) {
        this.inspection = inspection;
    }

    /// For people: a block of facts, then one section for each list that is not empty.
    List<String> lines() {
        Manifest manifest = inspection.manifest();
        TextTable facts = new TextTable(2);
        facts.row(List.of("name", manifest.name()));
        facts.row(List.of("version", manifest.version()));
        facts.row(List.of("kind", kind()));
        facts.row(List.of("abi", manifest.abi().label()));
        facts.row(List.of("code", manifest.entry()));
        facts.row(List.of("license", manifest.license()));
        facts.row(List.of("description", manifest.description()));
        facts.row(List.of("host", manifest.requiresHost()));
        facts.row(List.of("digest", inspection.digest()));
        List<String> lines = new ArrayList<>(facts.lines());
        section(lines, "entries", entries());
        section(lines, "depends", dependencies());
        section(lines, "files", files());
        section(lines, "imports", inspection.imports());
        section(lines, "exports", inspection.exports());
        section(lines, "transformations", inspection.transformations());
        section(lines, "granted", capabilities(inspection.granted()));
        section(lines, "withheld, unless granted with --grant", capabilities(inspection.withheld()));
        return lines;
    }

    String json() {
        Manifest manifest = inspection.manifest();
        return JsonText.object(object -> {
            object.writeStringProperty("name", manifest.name());
            object.writeStringProperty("version", manifest.version());
            object.writeStringProperty("kind", kind());
            object.writeStringProperty("abi", manifest.abi().label());
            object.writeStringProperty("entry", manifest.entry());
            object.writeStringProperty("license", manifest.license());
            object.writeStringProperty("description", manifest.description());
            object.writeStringProperty("requiresHost", manifest.requiresHost());
            object.writeStringProperty("digest", inspection.digest());
            JsonText.strings(object, "entries", entries());
            object.writeObjectPropertyStart("depends");
            manifest.depends().forEach(object::writeStringProperty);
            object.writeEndObject();
            object.writeObjectPropertyStart("files");
            inspection.files().forEach(object::writeNumberProperty);
            object.writeEndObject();
            JsonText.strings(object, "imports", inspection.imports());
            JsonText.strings(object, "exports", inspection.exports());
            JsonText.strings(object, "transformations", inspection.transformations());
            write(object, "granted", inspection.granted());
            write(object, "withheld", inspection.withheld());
        });
    }

    private static void section(List<String> lines, String heading, List<String> items) {
        if (!items.isEmpty()) {
            lines.add("");
            lines.add(heading);
            items.forEach(item -> lines.add("  " + PlainText.line(item)));
        }
    }

    private String kind() {
        return inspection.manifest().kind().name().toLowerCase(Locale.ROOT);
    }

    private List<String> entries() {
        return inspection.manifest().contributes().entries().stream()
                .map(Entry::toString)
                .toList();
    }

    private List<String> dependencies() {
        return inspection.manifest().depends().entrySet().stream()
                .map(depend -> depend.getKey() + " " + depend.getValue())
                .toList();
    }

    private List<String> files() {
        int width = String.valueOf(inspection.files().values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0))
                .length();
        return inspection.files().entrySet().stream()
                .map(file -> " ".repeat(width - String.valueOf(file.getValue()).length()) + file.getValue() + "  "
                        + file.getKey())
                .toList();
    }

    private static List<String> capabilities(List<Capability> capabilities) {
        return capabilities.stream().map(InspectionPrinter::written).toList();
    }

    /// As one writes it after `--grant`.
    static String written(Capability capability) {
        String parameters = new TreeMap<>(capability.parameters())
                .entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + String.join(",", parameter.getValue()))
                        .collect(Collectors.joining(";"));
        return parameters.isEmpty() ? capability.name() : capability.name() + ":" + parameters;
    }

    private static void write(JsonGenerator object, String name, List<Capability> capabilities) {
        object.writeArrayPropertyStart(name);
        for (Capability capability : capabilities) {
            object.writeStartObject();
            object.writeStringProperty("name", capability.name());
            object.writeObjectPropertyStart("parameters");
            for (Map.Entry<String, List<String>> parameter : new TreeMap<>(capability.parameters()).entrySet()) {
                JsonText.strings(object, parameter.getKey(), parameter.getValue());
            }
            object.writeEndObject();
            object.writeEndObject();
        }
        object.writeEndArray();
    }
}
