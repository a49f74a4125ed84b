package dev.cloche.cli;

import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Violation;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Says in one sentence on the error stream why a command ended, and with `-v` what lies behind it. Where a command's
/// result is JSON, says it in an object instead.
final class ErrorReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {
    static final String PREFIX = "cloche: ";

    private static final String UNAVAILABLE = "unavailable";
    private static final String BUG = "bug";

    private final Terminal terminal;
    private final BooleanSupplier verbose;

    ErrorReporter(Terminal terminal, BooleanSupplier verbose) {
        this.terminal = terminal;
        this.verbose = verbose;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        say(e.getMessage() + "; see `" + command + " --help`");
        return ExitStatus.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, @Nullable ParseResult parseResult) {
        return commandLine.getCommand() instanceof JsonReplies command && command.inJson()
                ? reportInJson(e)
                : report(e);
    }

    /// Reports what ended a command whose result is JSON: as one object on the output, where the result would be. A
    /// bug is said on the error stream as well.
    private int reportInJson(Exception failure) {
        try {
            return switch (failure) {
                case CommandFailure known -> {
                    printObject(UNAVAILABLE, String.valueOf(known.getMessage()), List.of());
                    sayCauses(known.getCause());
                    yield known.exitStatus();
                }
                case BundleException refused -> {
                    printObject(UNAVAILABLE, summary(refused), refused.violations());
                    yield ExitStatus.UNAVAILABLE;
                }
                default -> {
                    printObject(BUG, failure.toString(), List.of());
                    yield report(failure);
                }
            };
        } catch (CommandFailure outputFailed) {
            return report(outputFailed);
        }
    }

    private void printObject(String status, String message, List<Violation> violations) {
        terminal.line(JsonText.object(json -> {
            json.writeStringProperty("status", status);
            json.writeStringProperty("message", message);
            if (!violations.isEmpty()) {
                JsonText.violations(json, violations);
            }
        }));
    }

    /// Reports what ended a command.
    ///
    /// @return the exit status that stands for it
    int report(Throwable failure) {
        return switch (failure) {
            case CommandFailure known -> {
                if (known.exitStatus() != ExitStatus.BROKEN_PIPE) {
                    say(known.getMessage());
                    sayCauses(known.getCause());
                }
                yield known.exitStatus();
            }
            case BundleException refused -> {
                say(summary(refused));
                yield ExitStatus.UNAVAILABLE;
            }
            default -> {
                say("this is a bug in cloche, please report it with what `-v` shows, error=" + failure);
                sayCauses(failure);
                yield ExitStatus.BUG;
            }
        };
    }

    private static String summary(BundleException refused) {
        Violation first = refused.violations().getFirst();
        int more = refused.violations().size() - 1;
        return "the bundle cannot be used: " + first
                + (more == 0 ? "" : " (and " + more + " more; `cloche check` lists them)");
    }

    private void say(@Nullable String sentence) {
        terminal.errorLine(PREFIX + PlainText.line(String.valueOf(sentence).replace('\n', ' ')));
    }

    private void sayCauses(@Nullable Throwable failure) {
        if (!verbose.getAsBoolean()) {
            return;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            terminal.errorLine("  caused by " + PlainText.block(cause.toString()));
            for (StackTraceElement frame : cause.getStackTrace()) {
                terminal.errorLine("    at " + frame);
            }
        }
    }
}
