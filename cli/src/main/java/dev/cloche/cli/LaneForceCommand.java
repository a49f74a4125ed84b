package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Forces the compat lane.
@Command(
        name = "force",
        description = "Has hostcalls take the compat lane, from the next one on and until that is reverted.",
        footer = {"  cloche lane force all --reason incident-42", "  cloche lane force markdown --reason drill"})
final class LaneForceCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            paramLabel = "all|EXT",
            converter = ExtensionConverter.class,
            description = "Whose hostcalls: an extension's id, or all.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "CODE",
            description = "Why, in one word of lower-case letters, digits and . _ -; the ledger keeps it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String reason;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    LaneForceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var _ = options.change(
                terminal,
                "lane.force",
                params -> {
                    params.writeStringProperty("extension", extension);
                    params.writeStringProperty("reason", reason);
                },
                "forced " + ExtensionConverter.shown(extension) + " reason=" + reason);
        return ExitStatus.OK;
    }
}
