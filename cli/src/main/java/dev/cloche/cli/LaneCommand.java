package dev.cloche.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// Shows which lane hostcalls take.
@Command(
        name = "lane",
        description = "Shows which lane the hostcalls of each extension take and why, and what is forced.",
        footer = {"  cloche lane", "  cloche lane force all --reason incident-42", "  cloche lane revert markdown"})
final class LaneCommand implements Callable<Integer> {
    private static final List<String> LANES = List.of("EXTENSION", "LANE", "REASON", "BY", "SINCE");
    private static final List<String> FORCES = List.of("FORCED", "LANE", "REASON", "BY", "SINCE");

    private final Terminal terminal;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    private LaneCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The parser, with the commands within.
    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new LaneCommand(terminal))
                .addSubcommand(new LaneForceCommand(terminal))
                .addSubcommand(new LaneRevertCommand(terminal));
    }

    @Override
    public Integer call() {
        String answer = options.ask(terminal, "lane.show", "{}");
        if (options.json()) {
            terminal.line(answer);
            return ExitStatus.OK;
        }
        JsonNode shown = JsonText.read(answer);
        print(LANES, shown.path("lanes"));
        print(FORCES, shown.path("forces"));
        return ExitStatus.OK;
    }

    private void print(List<String> headings, JsonNode lanes) {
        TextTable table = new TextTable(headings);
        for (JsonNode lane : lanes) {
            table.row(List.of(
                    ExtensionConverter.shown(lane.path("extension").asString()),
                    lane.path("lane").asString(),
                    lane.path("reason_code").asString(),
                    lane.path("triggered_by").asString(),
                    lane.path("since").asString()));
        }
        table.linesIfAny().forEach(terminal::line);
    }
}
