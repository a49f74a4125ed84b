package dev.cloche.cli;

import dev.cloche.host.HostLimit;
import dev.cloche.host.HostLimit.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// Lists what is bounded in a host, and by how much. Opens none.
@Command(
        name = "limits",
        description = "Lists every limit that holds on this home: what it bounds, how much that is here and by default,"
                + " what sets it, and the error of whoever exceeds it.",
        footer = {"  cloche limits", "  cloche limits --scope call --json"})
final class LimitsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS = List.of("SCOPE", "LIMIT", "HERE", "DEFAULT", "BOUNDS", "SET BY");

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "Show the limits of one scope alone: call, host, service, module or bundle.")
    private @Nullable String scope;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    LimitsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<HostLimit> limits = ofScope(HostLimit.of(hostOptions.config(terminal)));
        if (json) {
            terminal.line(JsonText.object(object -> {
                object.writeArrayPropertyStart("limits");
                limits.forEach(limit -> write(object, limit));
                object.writeEndArray();
            }));
            return ExitStatus.OK;
        }
        TextTable table = new TextTable(HEADINGS);
        for (HostLimit limit : limits) {
            table.row(List.of(
                    limit.scope().label(),
                    limit.name(),
                    size(limit, limit.value()),
                    size(limit, limit.byDefault()),
                    limit.meaning(),
                    setBy(limit)));
        }
        table.lines().forEach(terminal::line);
        return ExitStatus.OK;
    }

    private List<HostLimit> ofScope(List<HostLimit> limits) {
        if (scope == null) {
            return limits;
        }
        List<HostLimit> kept = limits.stream()
                .filter(limit -> limit.scope().label().equals(scope))
                .toList();
        if (kept.isEmpty()) {
            String scopes = Arrays.stream(Scope.values()).map(Scope::label).collect(Collectors.joining(","));
            throw new CommandFailure(ExitStatus.USAGE, "there is no such scope, scope=" + scope + " scopes=" + scopes);
        }
        return kept;
    }

    private static String size(HostLimit limit, long size) {
        return switch (limit.unit()) {
            case "" -> "-";
            case "bytes", "ms" -> limit.text(size);
            default -> limit.text(size) + " " + limit.unit();
        };
    }

    private static String setBy(HostLimit limit) {
        if (limit.manifest().isEmpty()) {
            return limit.setting().isEmpty() ? "-" : "settings";
        }
        return limit.setting().isEmpty() ? "manifest" : "manifest, settings";
    }

    private static void write(JsonGenerator object, HostLimit limit) {
        object.writeStartObject();
        object.writeStringProperty("scope", limit.scope().label());
        object.writeStringProperty("name", limit.name());
        object.writeStringProperty("bounds", limit.meaning());
        object.writeStringProperty("unit", limit.unit());
        object.writeNumberProperty("value", limit.value());
        object.writeNumberProperty("default", limit.byDefault());
        object.writeStringProperty("manifest", limit.manifest());
        object.writeStringProperty("setting", limit.setting());
        object.writeStringProperty("error", limit.error());
        object.writeEndObject();
    }
}
