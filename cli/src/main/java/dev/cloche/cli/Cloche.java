package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The `cloche` command itself, which only has subcommands. What it says of exit codes and help holds for all of them.
@Command(
        name = "cloche",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        description = "Runs extensions written in WebAssembly and JavaScript, each in a sandbox of its own.",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            ExitStatus.OK_LINE,
            ExitStatus.FAULT_FOUND_LINE,
            ExitStatus.USAGE_LINE,
            ExitStatus.DENIED_LINE,
            ExitStatus.TRAPPED_LINE,
            ExitStatus.LIMIT_REACHED_LINE,
            ExitStatus.UNAVAILABLE_LINE,
            ExitStatus.BUG_LINE,
            ExitStatus.BROKEN_PIPE_LINE
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cloche run guests/markdown README.md",
            "  echo hello | cloche run guests/hash",
            "  cloche check my-extension",
            "",
            "The environment variables CLOCHE_HOME (home folder), CLOCHE_JAVA_OPTS (options for the JVM) and",
            "CLOCHE_JDK_FOLDERS (where to look for a JDK, folders joined by colons) are honoured."
        })
final class Cloche implements Callable<Integer> {
    @Mixin
    private final Verbosity verbosity = new Verbosity();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it when it builds the command
    private CommandSpec spec;

    /// Runs one command line.
    ///
    /// @return the exit status
    static int execute(Terminal terminal, String... args) {
        Cloche root = new Cloche();
        ErrorReporter reporter = new ErrorReporter(terminal, root.verbosity::verbose);
        try {
            return root.commandLine(terminal)
                    .setExecutionExceptionHandler(reporter)
                    .setParameterExceptionHandler(reporter)
                    .execute(args);
        } catch (Throwable failure) {
            // Errors, such as memory that ran out, pass picocli's handler by.
            return reporter.report(failure);
        }
    }

    /// The parser, with all commands.
    CommandLine commandLine(Terminal terminal) {
        return new CommandLine(this)
                .addSubcommand(new RunCommand(terminal, verbosity))
                .addSubcommand(new CallCommand(terminal, verbosity))
                .addSubcommand(new ServeCommand(terminal))
                .addSubcommand(new InstallCommand(terminal))
                .addSubcommand(new LsCommand(terminal))
                .addSubcommand(new RemoveCommand(terminal))
                .addSubcommand(new CheckCommand(terminal))
                .addSubcommand(new InspectCommand(terminal))
                .addSubcommand(CacheCommand.commandLine(terminal))
                .addSubcommand(LedgerCommand.commandLine(terminal))
                .addSubcommand(PolicyCommand.commandLine(terminal))
                .addSubcommand(LaneCommand.commandLine(terminal))
                .addSubcommand(new LimitsCommand(terminal))
                .addSubcommand(new DoctorCommand(terminal))
                .addSubcommand(new BenchCommand())
                .addSubcommand(new AttackCommand())
                .addSubcommand(new CompletionCommand(terminal))
                .setOut(terminal.outWriter())
                .setErr(terminal.errWriter());
    }

    /// Without a command there is nothing to do.
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
