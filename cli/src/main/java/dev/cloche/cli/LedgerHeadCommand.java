package dev.cloche.cli;

import dev.cloche.host.HostLedger;
import dev.cloche.host.ledger.LedgerHead;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Prints the hash of the ledger's last row.
@Command(
        name = "head",
        description =
                "Prints the hash of the ledger's last row. Keep it on another machine: `verify --expect-head` tells"
                        + " by it whether rows were cut off since.",
        footer = {"  cloche ledger head", "  cloche ledger head --json"})
final class LedgerHeadCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final LedgerOptions options = new LedgerOptions();

    LedgerHeadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LedgerHead head = options.onLedger(terminal, HostLedger::head);
        terminal.line(options.json() ? JsonText.object(object -> LedgerOptions.write(object, head)) : head.hash());
        return ExitStatus.OK;
    }
}
