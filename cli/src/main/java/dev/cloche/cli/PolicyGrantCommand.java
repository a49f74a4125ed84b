package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Allows a capability.
@Command(
        name = "grant",
        description = "Allows a capability where the extension's manifest asks for it, from the next hostcall on.",
        footer = {
            "  cloche policy grant markdown 'http.fetch:hosts=example.org;methods=GET'",
            "  cloche policy grant all clock"
        })
final class PolicyGrantCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final PolicyRule rule = new PolicyRule();

    PolicyGrantCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return rule.make(terminal, "policy.grant", "granted");
    }
}
