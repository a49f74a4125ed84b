package dev.cloche.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// How much a command says beyond its result. One for all commands of a process.
final class Verbosity {
    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show the causes of errors, and the stacks of guests.")
    private boolean verbose;

    boolean verbose() {
        return verbose;
    }
}
