package dev.cloche.cli;

import dev.cloche.host.ledger.TriggeredBy;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Stores a bundle in the home.
@Command(
        name = "install",
        description = "Installs a bundle in the home folder; one of the same name is replaced.",
        footer = {"  cloche install guests/markdown", "  cloche install markdown.zip --home /srv/cloche"})
final class InstallCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "BUNDLE", description = "A folder or zip with a cloche.json.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private Path bundlePath;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    InstallCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        BundlePath bundle = new BundlePath(bundlePath);
        bundle.requireExists();
        String params = JsonText.object(json -> {
            json.writeStringProperty("path", bundle.absolute());
            json.writeStringProperty("by", TriggeredBy.USER.label());
        });
        JsonNode installed = JsonText.read(hostOptions.onHome(terminal, access -> access.ask("install", params)));
        terminal.line("installed " + installed.path("id").asString() + " "
                + installed.path("version").asString() + " "
                + installed.path("digest").asString());
        return ExitStatus.OK;
    }
}
