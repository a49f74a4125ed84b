package dev.cloche.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Stands in the list of commands for the attack suite, which the launcher of a source checkout starts by itself. Who
/// gets here has come without the launcher.
@Command(
        name = "attack",
        description = "Runs hostile guests in a host that serves another one; in a source checkout.",
        footer = {"  cloche attack --quick", "  cloche attack --only=recursion", "  cloche attack --help"})
final class AttackCommand implements Callable<Integer> {
    /// What the suite would make of it.
    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        throw new CommandFailure(
                ExitStatus.UNAVAILABLE,
                "attacks need Cloche's source checkout, and are started there by ./cloche attack, arguments="
                        + String.join(" ", arguments));
    }
}
