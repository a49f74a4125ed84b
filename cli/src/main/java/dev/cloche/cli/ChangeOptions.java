package dev.cloche.cli;

import dev.cloche.host.ledger.TriggeredBy;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// The options of the commands that look at or change what a host goes by, and how such a change is told: with the row
/// of the ledger that keeps it.
final class ChangeOptions {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    boolean json() {
        return json;
    }

    /// Asks the host.
    ///
    /// @return a JSON object
    String ask(Terminal terminal, String op, String params) {
        return hostOptions.onHome(terminal, access -> access.ask(op, params));
    }

    /// Has the host change something, and tells of it.
    ///
    /// @param params what is changed
    /// @param done what was done, in words
    /// @return whether there was something to change
    boolean change(Terminal terminal, String op, Consumer<JsonGenerator> params, String done) {
        String answer = ask(terminal, op, JsonText.object(object -> {
            params.accept(object);
            object.writeStringProperty("by", TriggeredBy.USER.label());
        }));
        JsonNode rows = JsonText.read(answer).path("rows");
        if (json) {
            terminal.line(answer);
        } else {
            rows.forEach(row -> terminal.line(PlainText.line(done) + " row="
                    + row.path("sequence").asLong() + " head="
                    + row.path("hash").asString()));
        }
        return !rows.isEmpty();
    }
}
