package dev.cloche.cli;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.LedgerQuery;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JsonGenerator;

/// Lists rows of the ledger.
@Command(
        name = "ls",
        description = "Lists the last rows of the ledger, or with --after those that follow a row; the newest one comes"
                + " last.",
        footer = {
            "  cloche ledger ls --ext markdown",
            "  cloche ledger ls --since 24h --kind hostcall.denied",
            "  cloche ledger ls --after 120 --json"
        })
final class LedgerLsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS =
            List.of("ROW", "TIME", "KIND", "EXTENSION", "COUNT", "BY", "REASON", "CHANGE AND DETAILS");

    /// Digests, of which the beginning is enough for people.
    private static final Pattern DIGEST = Pattern.compile("\\b([0-9a-f]{12})[0-9a-f]{52}\\b");

    private final Terminal terminal;
    private final InstantSource clock;

    @Option(names = "--ext", paramLabel = "ID", description = "Only rows of this extension.")
    private @Nullable String extension;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only rows of the last 90s, 30m or 24h, or since a time such as 2026-02-03T04:05:06Z.")
    private @Nullable String since;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            split = ",",
            converter = LedgerKindConverter.class,
            description = "Only rows of this kind, for example lane.forced; may be given several times.")
    private @Nullable Set<LedgerKind> kinds;

    @Option(
            names = "--after",
            paramLabel = "ROW",
            description = "The first rows that follow this one, instead of the last of all.")
    private @Nullable Long after;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many rows; by default " + LedgerQuery.LIMIT_DEFAULT + ".")
    private int limit = LedgerQuery.LIMIT_DEFAULT;

    @Mixin
    private final LedgerOptions options = new LedgerOptions();

    LedgerLsCommand(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        LedgerQuery query = query();
        List<LedgerEntry> entries = options.onLedger(terminal, ledger -> ledger.entries(query));
        if (options.json()) {
            terminal.line(JsonText.object(object -> {
                object.writeArrayPropertyStart("rows");
                entries.forEach(entry -> write(object, entry));
                object.writeEndArray();
            }));
        } else if (!entries.isEmpty()) {
            TextTable table = new TextTable(HEADINGS);
            entries.forEach(entry -> table.row(row(entry)));
            table.lines().forEach(terminal::line);
        }
        return ExitStatus.OK;
    }

    private LedgerQuery query() {
        try {
            Instant from = since == null ? null : from(since);
            return new LedgerQuery(extension, from, kinds == null ? Set.of() : kinds, after, limit);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private Instant from(String text) {
        try {
            return clock.instant().minus(new DurationConverter().convert(text));
        } catch (TypeConversionException _) {
            // Then it is a time.
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "since when must be a duration such as 24h or a time such as 2026-02-03T04:05:06Z, since=" + text,
                    e);
        }
    }

    private static List<String> row(LedgerEntry entry) {
        LedgerEvent event = entry.event();
        return List.of(
                Long.toString(entry.sequence()),
                entry.time().truncatedTo(ChronoUnit.SECONDS).toString(),
                event.kind().label(),
                event.extension().isEmpty() ? "-" : event.extension(),
                Long.toString(event.count()),
                event.triggeredBy().label(),
                event.reasonCode(),
                story(event));
    }

    /// What changed into what, and the details.
    private static String story(LedgerEvent event) {
        List<String> parts = new ArrayList<>();
        if (!event.from().isEmpty() || !event.to().isEmpty()) {
            parts.add(shown(event.from()) + " -> " + shown(event.to()));
        }
        parts.add(event.details().entrySet().stream()
                .map(detail -> detail.getKey() + "=" + detail.getValue())
                .collect(Collectors.joining(" ")));
        return String.join(" ", parts).strip();
    }

    private static String shown(String state) {
        return state.isEmpty() ? "-" : DIGEST.matcher(state).replaceAll("$1");
    }

    private static void write(JsonGenerator json, LedgerEntry entry) {
        LedgerEvent event = entry.event();
        json.writeStartObject();
        json.writeNumberProperty("sequence", entry.sequence());
        json.writeStringProperty("time", entry.time().toString());
        json.writeStringProperty("kind", event.kind().label());
        json.writeStringProperty("extension", event.extension());
        json.writeStringProperty("reason_code", event.reasonCode());
        json.writeStringProperty("triggered_by", event.triggeredBy().label());
        json.writeStringProperty("from", event.from());
        json.writeStringProperty("to", event.to());
        json.writeNumberProperty("count", event.count());
        json.writeName("details");
        json.writeStartObject();
        event.details().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeStringProperty("hash", entry.hash());
        json.writeEndObject();
    }
}
