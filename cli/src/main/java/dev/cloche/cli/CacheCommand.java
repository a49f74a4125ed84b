package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The commands that look after what hosts keep on disk so as not to make it again.
@Command(
        name = "cache",
        description = "Looks after the cache of compiled classes and snapshots. Hosts make again what is removed.",
        footer = {"  cloche cache ls", "  cloche cache verify --remove", "  cloche cache prune --max-bytes 100MiB"})
final class CacheCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it when it builds the command
    private CommandSpec spec;

    /// The parser, with the commands within.
    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new CacheCommand())
                .addSubcommand(new CacheLsCommand(terminal))
                .addSubcommand(new CacheVerifyCommand(terminal))
                .addSubcommand(new CachePruneCommand(terminal));
    }

    /// Without a command there is nothing to do.
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
