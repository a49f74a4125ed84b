package dev.cloche.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of the commands that read the ledger.
final class LedgerOptions {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    boolean json() {
        return json;
    }

    /// Asks the host for something of the ledger.
    ///
    /// @return a JSON object
    /// @throws CommandFailure if the home cannot be used
    String ask(Terminal terminal, String op, String params) {
        return hostOptions.onHome(terminal, access -> access.ask(op, params));
    }
}
