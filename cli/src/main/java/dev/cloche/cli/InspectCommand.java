package dev.cloche.cli;

import dev.cloche.host.Inspection;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.Capability;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Shows what is in a bundle and what it would get, without running it.
@Command(
        name = "inspect",
        description = "Shows what is in a bundle and which capabilities it would get, without running any of it.",
        footer = {"  cloche inspect guests/hash", "  cloche inspect guests/hash --json"})
final class InspectCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "BUNDLE", description = "A folder or zip with a cloche.json.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private Path bundlePath;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Bundle bundle = new BundlePath(bundlePath).read();
        String params =
                JsonText.object(object -> object.writeStringProperty("path", new BundlePath(bundlePath).absolute()));
        Inspection inspection = inspection(
                bundle, JsonText.read(hostOptions.onHome(terminal, access -> access.ask("inspect", params))));
        InspectionPrinter printer = new InspectionPrinter(inspection);
        if (json) {
            terminal.line(printer.json());
        } else {
            printer.lines().forEach(terminal::line);
        }
        return ExitStatus.OK;
    }

    /// What is in the bundle, and what only the host knows of it.
    private static Inspection inspection(Bundle bundle, JsonNode answer) {
        SortedMap<String, Integer> files = new TreeMap<>();
        bundle.files().forEach((path, content) -> files.put(path, content.size()));
        return new Inspection(
                bundle.manifest(),
                bundle.digest(),
                files,
                JsonText.texts(answer.path("imports")),
                JsonText.texts(answer.path("exports")),
                JsonText.texts(answer.path("transformations")),
                capabilities(answer.path("granted")),
                capabilities(answer.path("withheld")));
    }

    private static List<Capability> capabilities(JsonNode array) {
        return array.valueStream()
                .map(each -> JsonText.capability(each.path("name"), each))
                .toList();
    }
}
