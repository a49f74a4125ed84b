package dev.cloche.cli;

import dev.cloche.host.ExtensionInfo;
import dev.cloche.host.Host;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Entry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// Lists the extensions of the home.
@Command(
        name = "ls",
        description = "Lists the installed extensions.",
        footer = {"  cloche ls", "  cloche ls --json --home /srv/cloche"})
final class LsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS = List.of("EXTENSION", "VERSION", "KIND", "TIER", "DIGEST");

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    LsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<ExtensionInfo> extensions = HostOptions.onHost(hostOptions.config(terminal), Host::extensions);
        if (json) {
            terminal.line(JsonText.object(object -> {
                object.writeArrayPropertyStart("extensions");
                extensions.forEach(extension -> write(object, extension));
                object.writeEndArray();
            }));
        } else if (!extensions.isEmpty()) {
            TextTable table = new TextTable(HEADINGS);
            extensions.forEach(extension -> table.row(row(extension)));
            table.lines().forEach(terminal::line);
        }
        return ExitStatus.OK;
    }

    private static List<String> row(ExtensionInfo extension) {
        Manifest manifest = extension.manifest();
        return List.of(extension.id(), manifest.version(), kind(manifest), extension.tier(), extension.digest());
    }

    private static void write(JsonGenerator object, ExtensionInfo extension) {
        Manifest manifest = extension.manifest();
        object.writeStartObject();
        object.writeStringProperty("id", extension.id());
        object.writeStringProperty("version", manifest.version());
        object.writeStringProperty("kind", kind(manifest));
        object.writeStringProperty("tier", extension.tier());
        object.writeStringProperty("isolates", extension.making());
        object.writeStringProperty("digest", extension.digest());
        JsonText.strings(
                object,
                "entries",
                manifest.contributes().entries().stream().map(Entry::toString).toList());
        object.writeEndObject();
    }

    private static String kind(Manifest manifest) {
        return manifest.kind().name().toLowerCase(Locale.ROOT);
    }
}
