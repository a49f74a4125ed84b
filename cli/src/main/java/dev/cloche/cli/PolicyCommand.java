package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The commands on what extensions are allowed.
@Command(
        name = "policy",
        description = "Allows and denies capabilities, and says why an extension has one or has not.",
        footer = {
            "  cloche policy grant markdown 'http.fetch:hosts=example.org;methods=GET'",
            "  cloche policy deny all exec",
            "  cloche policy explain markdown http.fetch"
        })
final class PolicyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it when it builds the command
    private CommandSpec spec;

    /// The parser, with the commands within.
    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new PolicyCommand())
                .addSubcommand(new PolicyGrantCommand(terminal))
                .addSubcommand(new PolicyDenyCommand(terminal))
                .addSubcommand(new PolicyRevokeCommand(terminal))
                .addSubcommand(new PolicyLsCommand(terminal))
                .addSubcommand(new PolicyExplainCommand(terminal));
    }

    /// Without a command there is nothing to do.
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
