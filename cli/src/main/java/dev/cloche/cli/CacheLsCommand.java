package dev.cloche.cli;

import dev.cloche.host.CachedEntry;
import dev.cloche.host.HostCache;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.core.JsonGenerator;

/// Lists the entries of the cache.
@Command(
        name = "ls",
        description =
                "Lists the entries of the cache, the one used last first. Their content is not read; `verify` does"
                        + " that.",
        footer = {"  cloche cache ls", "  cloche cache ls --json --home /srv/cloche"})
final class CacheLsCommand implements Callable<Integer> {
    private static final List<String> HEADINGS = List.of("KIND", "BYTES", "LAST USED", "MADE FROM");

    /// Hashes, of which the beginning is enough for people.
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40,}");

    private static final int HASH_SHOWN_CHARS = 12;

    private final Terminal terminal;

    @Mixin
    private final CacheOptions options = new CacheOptions();

    CacheLsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return options.onCache(terminal, this::list);
    }

    private int list(HostCache cache) {
        List<CachedEntry> entries = cache.entries();
        if (options.json()) {
            terminal.line(JsonText.object(object -> {
                object.writeStringProperty("folder", cache.folder().toString());
                write(object, entries);
            }));
        } else if (!entries.isEmpty()) {
            TextTable table = new TextTable(HEADINGS);
            entries.forEach(entry -> table.row(row(entry)));
            table.lines().forEach(terminal::line);
        }
        return ExitStatus.OK;
    }

    private static List<String> row(CachedEntry entry) {
        String madeFrom = entry.problem().isEmpty() ? madeFrom(entry) : entry.file() + " " + entry.problem();
        return List.of(
                entry.kind().isEmpty() ? "-" : entry.kind(),
                Long.toString(entry.bytes()),
                entry.lastUsed().truncatedTo(ChronoUnit.SECONDS).toString(),
                madeFrom);
    }

    private static String madeFrom(CachedEntry entry) {
        return entry.key().entrySet().stream()
                .map(part -> part.getKey() + "=" + shortened(part.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String shortened(String value) {
        return HASH.matcher(value).matches() ? value.substring(0, HASH_SHOWN_CHARS) : value;
    }

    /// A member that lists entries.
    static void write(JsonGenerator json, List<CachedEntry> entries) {
        json.writeArrayPropertyStart("entries");
        for (CachedEntry entry : entries) {
            json.writeStartObject();
            json.writeStringProperty("file", entry.file());
            json.writeStringProperty("kind", entry.kind());
            json.writeName("key");
            json.writeStartObject();
            entry.key().forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeNumberProperty("bytes", entry.bytes());
            json.writeStringProperty("lastUsed", entry.lastUsed().toString());
            json.writeStringProperty("problem", entry.problem());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
