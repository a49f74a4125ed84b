package dev.cloche.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Lists the extensions of the home.
@Command(
        name = "ls",
        description = "Lists the installed extensions.",
        footer = {"  cloche ls", "  cloche ls --json --home /srv/cloche"})
final class LsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS = List.of("EXTENSION", "VERSION", "KIND", "TIER", "DIGEST");

    private static final List<String> MEMBERS = List.of("id", "version", "kind", "tier", "digest");

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
        String answer = hostOptions.onHome(terminal, access -> access.ask("extensions", "{}"));
        if (json) {
            terminal.line(answer);
            return ExitStatus.OK;
        }
        TextTable table = new TextTable(HEADINGS);
        JsonText.read(answer).path("extensions").forEach(extension -> table.row(row(extension)));
        table.linesIfAny().forEach(terminal::line);
        return ExitStatus.OK;
    }

    private static List<String> row(JsonNode extension) {
        return MEMBERS.stream().map(member -> extension.path(member).asString()).toList();
    }
}
