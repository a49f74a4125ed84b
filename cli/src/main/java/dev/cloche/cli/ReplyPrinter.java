package dev.cloche.cli;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import dev.cloche.host.control.ReplyJson;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Prints how a call went: the answer's bytes as they are, or a sentence on the error stream, or, if asked for, one
/// JSON object that says all of it.
final class ReplyPrinter {
    private final Terminal terminal;
    private final boolean verbose;

    ReplyPrinter(Terminal terminal, boolean verbose) {
        this.terminal = terminal;
        this.verbose = verbose;
    }

    /// Prints a reply for people and pipes.
    ///
    /// @return the exit status that stands for it
    int print(Call call, Reply reply) {
        if (reply instanceof Reply.Ok ok) {
            terminal.write(ok.payload().unsafeBytes());
        } else {
            terminal.errorLine(ErrorReporter.PREFIX + firstLine(sentence(call, reply)));
            if (verbose) {
                details(reply).lines().forEach(line -> terminal.errorLine("  " + PlainText.block(line)));
            }
        }
        return ExitStatus.of(reply);
    }

    /// Prints a reply as one JSON object.
    ///
    /// @param usage what the call used; null if it never came to the guest
    /// @return the exit status that stands for it
    int printJson(Call call, Reply reply, @Nullable Usage usage) {
        terminal.line(ReplyJson.write(call.entry().kind(), reply, usage));
        return ExitStatus.of(reply);
    }

    /// Prints what a call used.
    ///
    /// @param usage null if the call never came to the guest
    void printUsage(@Nullable Usage usage) {
        terminal.errorLine(ErrorReporter.PREFIX
                + (usage == null
                        ? "the call never came to the guest"
                        : "used fuel=" + usage.fuel() + " time=" + usage.time().toNanos() / 1_000 + "us"
                                + (usage.trace().isPresent() ? " trace=" + traceOf(usage) : "")));
    }

    private static String traceOf(Usage usage) {
        return HexFormat.of().toHexDigits(usage.trace().orElse(0));
    }

    private static String sentence(Call call, Reply reply) {
        String who = call.extension() + " ";
        return switch (reply) {
            case Reply.Ok _ -> who + "answered";
            case Reply.GuestError error -> who + "answered with an error: " + error.code() + ": " + error.message();
            case Reply.Denied denied -> who + "was denied the call: " + denied.message();
            case Reply.Trapped trap -> who + "was stopped (" + trap.kind().label() + "): " + trap.message();
            case Reply.TimedOut timeout -> who + "ran out of time: " + timeout.message();
            case Reply.Exhausted exhausted ->
                who + "ran out of " + exhausted.budget().label() + ": " + exhausted.message();
            case Reply.Rejected rejected ->
                who + "did not take the call (" + rejected.reason().label() + "): " + rejected.message();
            case Reply.Unavailable unavailable -> unavailable.message();
        };
    }

    private static String details(Reply reply) {
        return switch (reply) {
            case Reply.GuestError error -> error.message() + "\n" + error.stack();
            case Reply.Trapped trap -> trap.message() + "\n" + trap.stack();
            case Reply.Ok _, Reply.Denied _, Reply.TimedOut _, Reply.Exhausted _ -> "";
            case Reply.Rejected _, Reply.Unavailable _ -> "";
        };
    }

    private static String firstLine(String text) {
        return PlainText.line(text.lines().findFirst().orElse(""));
    }
}
