package dev.cloche.cli;

import dev.cloche.host.telemetry.Finding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Runs the host's checks of itself and of what it stands on.
@Command(
        name = "doctor",
        description =
                "Checks the machine, the JDK and the home. Warnings alone leave the exit code at 0; errors make it 1."
                        + " The ids of findings are stable.",
        footer = {"  cloche doctor", "  cloche doctor --only storage --json", "  cloche doctor --metrics"})
final class DoctorCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--only",
            paramLabel = "AREA",
            split = ",",
            description = "Look at some areas alone: jdk, memory, threads, engine, storage, extensions, pool, policy,"
                    + " hostcall, reactor.")
    private @Nullable List<String> areas;

    @Option(
            names = "--metrics",
            description = "Print the host's metrics in the text format of Prometheus instead of findings.")
    private boolean metrics;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (metrics) {
            requireNothingBesideMetrics();
            terminal.write(metrics().getBytes(StandardCharsets.UTF_8));
            return ExitStatus.OK;
        }
        String answer = hostOptions.onHome(terminal, access -> access.ask("doctor", params()));
        JsonNode findings = JsonText.read(answer).path("findings");
        if (json) {
            terminal.line(answer);
        } else {
            print(findings);
        }
        boolean sick = findings.valueStream()
                .anyMatch(finding -> finding.path("level").asString().equals(Finding.Level.ERROR.label()));
        return sick ? ExitStatus.FAULT_FOUND : ExitStatus.OK;
    }

    private String params() {
        List<String> only = areas;
        return only == null ? "{}" : JsonText.object(object -> JsonText.strings(object, "only", only));
    }

    private void requireNothingBesideMetrics() {
        if (json || areas != null) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "--metrics prints text of its own and no findings; leave the other option out, option="
                            + (json ? "--json" : "--only"));
        }
    }

    /// A host that was opened for this has made no calls that would have loaded anything: it loads all that is
    /// installed. A live one is left as it is.
    private String metrics() {
        String answer = hostOptions.onHome(
                terminal,
                access -> access.ask(
                        "metrics", JsonText.object(object -> object.writeBooleanProperty("load", !access.live()))));
        return JsonText.read(answer).path("text").asString();
    }

    private void print(JsonNode findings) {
        TextTable table = new TextTable(3);
        for (JsonNode finding : findings) {
            String remedy = finding.path("remedy").asString();
            table.row(List.of(
                    finding.path("level").asString(),
                    finding.path("id").asString(),
                    finding.path("message").asString() + (remedy.isEmpty() ? "" : "; " + remedy)));
        }
        table.lines().forEach(terminal::line);
    }
}
