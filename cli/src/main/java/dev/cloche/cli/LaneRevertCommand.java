package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Takes a force back.
@Command(
        name = "revert",
        description = "Takes back that the compat lane is forced.",
        footer = {"  cloche lane revert all", "  cloche lane revert markdown"})
final class LaneRevertCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            paramLabel = "all|EXT",
            converter = ExtensionConverter.class,
            description = "As it was forced: an extension's id, or all.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Mixin
    private final ChangeOptions options = new ChangeOptions();

    LaneRevertCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String shown = ExtensionConverter.shown(extension);
        boolean reverted = options.change(
                terminal,
                "lane.revert",
                params -> params.writeStringProperty("extension", extension),
                "reverted " + shown);
        if (!reverted && !options.json()) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE, "nothing is forced there; `cloche lane` lists what is, forced=" + shown);
        }
        return reverted ? ExitStatus.OK : ExitStatus.UNAVAILABLE;
    }
}
