package dev.cloche.cli;

import dev.cloche.host.ledger.LedgerHead;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

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
        String answer = options.ask(terminal, "ledger.verify", params());
        JsonNode verdict = JsonText.read(answer);
        terminal.line(options.json() ? answer : text(verdict));
        return kind(verdict).equals("intact") ? ExitStatus.OK : ExitStatus.FAULT_FOUND;
    }

    private String params() {
        String head = expectedHead;
        return head == null ? "{}" : JsonText.object(json -> json.writeStringProperty("expect_head", head));
    }

    private static String kind(JsonNode verdict) {
        return verdict.path("verdict").asString();
    }

    private static String text(JsonNode verdict) {
        String head = "rows=" + verdict.path("rows").asLong() + " head="
                + verdict.path("head").asString();
        return switch (kind(verdict)) {
            case "intact" -> "intact " + head;
            case "broken" ->
                "broken sequence=" + verdict.path("sequence").asLong() + ": "
                        + verdict.path("message").asString();
            default ->
                "cut: no row has the expected hash; rows were cut off, or all were written anew, " + head + " expected="
                        + verdict.path("expected").asString();
        };
    }
}
