package dev.cloche.cli;

import dev.cloche.host.Inspection;
import dev.cloche.host.bundle.Bundle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
        Inspection inspection = HostOptions.onHost(hostOptions.config(terminal), host -> host.inspect(bundle));
        InspectionPrinter printer = new InspectionPrinter(inspection);
        if (json) {
            terminal.line(printer.json());
        } else {
            printer.lines().forEach(terminal::line);
        }
        return ExitStatus.OK;
    }
}
