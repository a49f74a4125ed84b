package dev.cloche.cli;

import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The commands that read the ledger of the home.
@Command(
        name = "ledger",
        description =
                "Reads the ledger: what was installed, granted, forced and denied, by whom, when and why. Its rows"
                        + " are chained by hashes.",
        footer = {
            "  cloche ledger ls --ext markdown --since 24h",
            "  cloche ledger verify --expect-head HASH",
            "  cloche ledger head"
        })
final class LedgerCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it when it builds the command
    private CommandSpec spec;

    /// The parser, with the commands within.
    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new LedgerCommand())
                .addSubcommand(new LedgerLsCommand(terminal, InstantSource.system()))
                .addSubcommand(new LedgerVerifyCommand(terminal))
                .addSubcommand(new LedgerHeadCommand(terminal));
    }

    /// Without a command there is nothing to do.
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
