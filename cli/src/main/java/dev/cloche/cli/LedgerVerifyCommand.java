package dev.cloche.cli;

import dev.cloche.host.HostLedger;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerVerdict;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// Holds every row of the ledger against its hash and against the row before.
@Command(
        name = "verify",
        description =
                "Reads every row of the ledger and says whether one was changed or taken out. The exit code is 1 if so."
                        + " Rows that were cut off at the end show only with --expect-head.",
        footer = {"  cloche ledger verify", "  cloche ledger verify --expect-head HASH --json"})
final class LedgerVerifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--expect-head",
            paramLabel = "HASH",
            description = "What `cloche ledger head` has printed at an earlier time; that row must still be there.")
    private @Nullable String expectedHead;

    @Mixin
    private final LedgerOptions options = new LedgerOptions();

    LedgerVerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (expectedHead != null && !LedgerHead.isHash(expectedHead)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "a head is 64 hexadecimal digits in lower case, as `cloche ledger head` prints them, expect-head="
                            + expectedHead);
        }
        LedgerVerdict verdict = options.onLedger(terminal, this::verify);
        terminal.line(options.json() ? JsonText.object(object -> write(object, verdict)) : text(verdict));
        return switch (verdict) {
            case LedgerVerdict.Intact _ -> ExitStatus.OK;
            case LedgerVerdict.Broken _, LedgerVerdict.Cut _ -> ExitStatus.FAULT_FOUND;
        };
    }

    private LedgerVerdict verify(HostLedger ledger) {
        return expectedHead == null ? ledger.verify() : ledger.verify(expectedHead);
    }

    private static String text(LedgerVerdict verdict) {
        return switch (verdict) {
            case LedgerVerdict.Intact intact ->
                "intact rows=" + intact.head().sequence() + " head="
                        + intact.head().hash();
            case LedgerVerdict.Broken broken -> "broken sequence=" + broken.sequence() + ": " + broken.what();
            case LedgerVerdict.Cut cut ->
                "cut: no row has the expected hash; rows were cut off, or all were written anew, rows="
                        + cut.head().sequence() + " head=" + cut.head().hash() + " expected=" + cut.expected();
        };
    }

    private static void write(JsonGenerator json, LedgerVerdict verdict) {
        switch (verdict) {
            case LedgerVerdict.Intact intact -> {
                json.writeStringProperty("verdict", "intact");
                LedgerOptions.write(json, intact.head());
            }
            case LedgerVerdict.Broken broken -> {
                json.writeStringProperty("verdict", "broken");
                json.writeNumberProperty("sequence", broken.sequence());
                json.writeStringProperty("message", broken.what());
            }
            case LedgerVerdict.Cut cut -> {
                json.writeStringProperty("verdict", "cut");
                LedgerOptions.write(json, cut.head());
                json.writeStringProperty("expected", cut.expected());
            }
        }
    }
}
