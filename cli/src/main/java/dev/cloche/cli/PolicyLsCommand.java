package dev.cloche.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// Lists what was granted and denied.
@Command(
        name = "ls",
        description = "Lists the profile and what was granted and denied beside it.",
        footer = {"  cloche policy ls", "  cloche policy ls --json"})
final class PolicyLsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS = List.of("EXTENSION", "RULE", "CAPABILITY", "SINCE");

    private final Terminal terminal;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    PolicyLsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String answer = options.ask(terminal, "policy.rules", "{}");
        if (options.json()) {
            terminal.line(answer);
            return ExitStatus.OK;
        }
        JsonNode policy = JsonText.read(answer);
        terminal.line("profile " + policy.path("profile").asString());
        TextTable table = new TextTable(HEADINGS);
        for (JsonNode rule : policy.path("rules")) {
            table.row(List.of(
                    ExtensionConverter.shown(rule.path("extension").asString()),
                    rule.path("effect").asString(),
                    InspectionPrinter.written(JsonText.capability(rule.path("capability"), rule)),
                    rule.path("since").asString()));
        }
        table.linesIfAny().forEach(terminal::line);
        return ExitStatus.OK;
    }
}
