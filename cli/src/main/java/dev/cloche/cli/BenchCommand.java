package dev.cloche.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Stands in the list of commands for the benchmarks, which the launcher of a source checkout starts by itself. Who
/// gets here has come without the launcher.
@Command(
        name = "bench",
        description = "Measures Cloche beside its peers; in a source checkout.",
        footer = {"  cloche bench engine --quick", "  cloche bench --help"})
final class BenchCommand implements Callable<Integer> {
    /// What the benchmarks would make of it.
    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        throw new CommandFailure(
                ExitStatus.UNAVAILABLE,
                "benchmarks need Cloche's source checkout, and are started there by ./cloche bench, arguments="
                        + String.join(" ", arguments));
    }
}
