package dev.cloche.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Denies a capability.
@Command(
        name = "deny",
        description = "Denies a capability, whatever is granted besides, from the next hostcall on.",
        footer = {"  cloche policy deny all exec", "  cloche policy deny markdown http.fetch:hosts=intranet.example"})
final class PolicyDenyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final PolicyRule rule = new PolicyRule();

    PolicyDenyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return rule.make(terminal, "policy.deny", "denied");
    }
}
