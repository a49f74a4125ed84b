package dev.cloche.cli;

import dev.cloche.host.ExtensionInfo;
import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.ledger.TriggeredBy;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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
        Bundle bundle = new BundlePath(bundlePath).read();
        ExtensionInfo installed =
                HostOptions.onHost(hostOptions.config(terminal), host -> host.install(bundle, TriggeredBy.USER));
        terminal.line("installed " + installed.id() + " " + installed.manifest().version() + " " + installed.digest());
        return ExitStatus.OK;
    }
}
