package dev.cloche.cli;

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
        String head = options.ask(terminal, "ledger.head", "{}");
        terminal.line(options.json() ? head : JsonText.read(head).path("head").asString());
        return ExitStatus.OK;
    }
}
