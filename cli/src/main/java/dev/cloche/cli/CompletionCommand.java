package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints the script that teaches a shell to complete the command's words.
@Command(
        name = "completion",
        description = "Prints a completion script for bash and zsh.",
        footer = {
            "  source <(cloche completion)",
            "  cloche completion > ~/.local/share/bash-completion/completions/cloche"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it when it builds the command
    private CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.line(AutoComplete.bash("cloche", spec.root().commandLine()).stripTrailing());
        return ExitStatus.OK;
    }
}
