package dev.cloche.cli;

import dev.cloche.host.Host;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.MetricsFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

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
            description = "Show the findings of one area alone, for example jdk.")
    private @Nullable String area;

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
            terminal.write(HostOptions.onHost(hostOptions.config(terminal), DoctorCommand::metrics)
                    .getBytes(StandardCharsets.UTF_8));
            return ExitStatus.OK;
        }
        List<Finding> findings = ofArea(examine());
        if (json) {
            printJson(findings);
        } else {
            print(findings);
        }
        boolean sick = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.ERROR);
        return sick ? ExitStatus.FAULT_FOUND : ExitStatus.OK;
    }

    private void requireNothingBesideMetrics() {
        if (json || area != null) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "--metrics prints text of its own and no findings; leave the other option out, option="
                            + (json ? "--json" : "--only"));
        }
    }

    /// With the pools of all that is installed: this host has made no calls that would have loaded anything.
    private static String metrics(Host host) {
        var _ = host.extensions();
        return host.metrics(MetricsFormat.PROMETHEUS);
    }

    private List<Finding> examine() {
        return HostOptions.onHost(hostOptions.config(terminal), Host::doctor);
    }

    private List<Finding> ofArea(List<Finding> findings) {
        if (area == null) {
            return findings;
        }
        List<Finding> kept =
                findings.stream().filter(finding -> finding.area().equals(area)).toList();
        if (kept.isEmpty()) {
            String areas = findings.stream().map(Finding::area).distinct().collect(Collectors.joining(","));
            throw new CommandFailure(ExitStatus.USAGE, "there is no such area, area=" + area + " areas=" + areas);
        }
        return kept;
    }

    private void print(List<Finding> findings) {
        TextTable table = new TextTable(3);
        for (Finding finding : findings) {
            String remedy = finding.remedy().isEmpty() ? "" : "; " + finding.remedy();
            table.row(List.of(finding.level().label(), finding.id(), finding.message() + remedy));
        }
        table.lines().forEach(terminal::line);
    }

    private void printJson(List<Finding> findings) {
        terminal.line(JsonText.object(object -> {
            object.writeArrayPropertyStart("findings");
            findings.forEach(finding -> write(object, finding));
            object.writeEndArray();
        }));
    }

    private static void write(JsonGenerator object, Finding finding) {
        object.writeStartObject();
        object.writeStringProperty("id", finding.id());
        object.writeStringProperty("area", finding.area());
        object.writeStringProperty("level", finding.level().label());
        object.writeStringProperty("message", finding.message());
        object.writeStringProperty("remedy", finding.remedy());
        if (!finding.details().isEmpty()) {
            object.writeName("details");
            object.writeRawValue(finding.details());
        }
        object.writeEndObject();
    }
}
