package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Takes rules back.
@Command(
        name = "revoke",
        description = "Takes back all that was granted and denied of a capability.",
        footer = {"  cloche policy revoke markdown http.fetch", "  cloche policy revoke all exec"})
final class PolicyRevokeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            index = "0",
            paramLabel = "all|EXT",
            converter = ExtensionConverter.class,
            description = "As the rules say it: an extension's id, or all.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Parameters(index = "1", paramLabel = "CAP", description = "The capability's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String capability;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    PolicyRevokeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String rule = ExtensionConverter.shown(extension) + " " + capability;
        boolean revoked = options.change(
                terminal,
                "policy.revoke",
                params -> {
                    params.writeStringProperty("extension", extension);
                    params.writeStringProperty("capability", capability);
                },
                "revoked " + rule);
        if (!revoked && !options.json()) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE, "there is no such rule; `cloche policy ls` lists them, rule=" + rule);
        }
        return revoked ? ExitStatus.OK : ExitStatus.UNAVAILABLE;
    }
}
