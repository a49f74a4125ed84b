package dev.cloche.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Says why an extension has a capability, or has not.
@Command(
        name = "explain",
        description = "Says whether an extension has a capability, which rule decided, and what else was looked at.",
        footer = {"  cloche policy explain markdown http.fetch", "  cloche policy explain markdown kv.read --json"})
final class PolicyExplainCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "EXT", description = "The extension's id.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Parameters(index = "1", paramLabel = "CAP", description = "The capability's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String capability;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    PolicyExplainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String answer = options.ask(terminal, "policy.explain", JsonText.object(params -> {
            params.writeStringProperty("extension", extension);
            params.writeStringProperty("capability", capability);
        }));
        if (options.json()) {
            terminal.line(answer);
            return ExitStatus.OK;
        }
        JsonNode explained = JsonText.read(answer);
        String message = explained.path("message").asString();
        terminal.line(PlainText.line((explained.path("allowed").asBoolean() ? "allowed" : "denied") + " by "
                + explained.path("rule").asString() + (message.isEmpty() ? "" : ": " + message)));
        TextTable table = new TextTable(3);
        for (JsonNode step : explained.path("steps")) {
            table.row(List.of(
                    step.path("decided").asBoolean() ? "*" : "",
                    step.path("rule").asString(),
                    step.path("verdict").asString()));
        }
        table.lines().forEach(terminal::line);
        return ExitStatus.OK;
    }
}
