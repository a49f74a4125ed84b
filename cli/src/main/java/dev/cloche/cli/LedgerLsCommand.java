package dev.cloche.cli;

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
import tools.jackson.databind.JsonNode;

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
        String answer = options.ask(terminal, "ledger.ls", JsonText.object(this::write));
        if (options.json()) {
            terminal.line(answer);
            return ExitStatus.OK;
        }
        TextTable table = new TextTable(HEADINGS);
        JsonText.read(answer).path("rows").forEach(entry -> table.row(row(entry)));
        table.linesIfAny().forEach(terminal::line);
        return ExitStatus.OK;
    }

    private void write(JsonGenerator query) {
        if (extension != null) {
            query.writeStringProperty("extension", extension);
        }
        if (since != null) {
            query.writeStringProperty("since", from(since).toString());
        }
        if (kinds != null) {
            JsonText.strings(
                    query, "kinds", kinds.stream().map(LedgerKind::label).toList());
        }
        if (after != null) {
            query.writeNumberProperty("after", after);
        }
        query.writeNumberProperty("limit", limit);
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

    private static List<String> row(JsonNode entry) {
        String about = entry.path("extension").asString();
        return List.of(
                Long.toString(entry.path("sequence").asLong()),
                Instant.parse(entry.path("time").asString())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString(),
                entry.path("kind").asString(),
                about.isEmpty() ? "-" : about,
                Long.toString(entry.path("count").asLong()),
                entry.path("triggered_by").asString(),
                entry.path("reason_code").asString(),
                story(entry));
    }

    /// What changed into what, and the details.
    private static String story(JsonNode entry) {
        List<String> parts = new ArrayList<>();
        String from = entry.path("from").asString();
        String to = entry.path("to").asString();
        if (!from.isEmpty() || !to.isEmpty()) {
            parts.add(shown(from) + " -> " + shown(to));
        }
        parts.add(entry.path("details").properties().stream()
                .map(detail -> detail.getKey() + "=" + detail.getValue().asString())
                .collect(Collectors.joining(" ")));
        return String.join(" ", parts).strip();
    }

    private static String shown(String state) {
        return state.isEmpty() ? "-" : DIGEST.matcher(state).replaceAll("$1");
    }
}
