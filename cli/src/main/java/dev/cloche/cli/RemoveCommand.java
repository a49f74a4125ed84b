package dev.cloche.cli;

import dev.cloche.host.ledger.TriggeredBy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Removes an extension from the home.
@Command(
        name = "remove",
        description = "Removes an installed extension. The data that it stored stays.",
        footer = {"  cloche remove markdown"})
final class RemoveCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "EXT", description = "The extension's id.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    RemoveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String params = JsonText.object(json -> {
            json.writeStringProperty("extension", extension);
            json.writeStringProperty("by", TriggeredBy.USER.label());
        });
        String answer = hostOptions.onHome(terminal, access -> access.ask("remove", params));
        if (!JsonText.read(answer).path("removed").asBoolean()) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "there is no such extension; `cloche ls` lists them, extension=" + extension + " home="
                            + hostOptions.home());
        }
        terminal.line("removed " + extension);
        return ExitStatus.OK;
    }
}
