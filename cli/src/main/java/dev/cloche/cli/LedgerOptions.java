package dev.cloche.cli;

import dev.cloche.host.HostLedger;
import dev.cloche.host.ledger.LedgerHead;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// The options of the commands that read the ledger.
final class LedgerOptions {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    boolean json() {
        return json;
    }

    /// Works with the ledger.
    ///
    /// @throws CommandFailure if the home cannot be used
    <T> T onLedger(Terminal terminal, Function<HostLedger, T> work) {
        return HostOptions.onHost(hostOptions.config(terminal), host -> work.apply(host.ledger()));
    }

    /// The members that tell of a head.
    static void write(JsonGenerator json, LedgerHead head) {
        json.writeNumberProperty("rows", head.sequence());
        json.writeStringProperty("head", head.hash());
    }
}
