package dev.cloche.cli;

import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.EntryKind;
import java.util.List;
import java.util.stream.Collectors;

/// Finds the entry that a user means among those of an extension.
final class EntryResolver {
    private final String extension;
    private final List<Entry> entries;

    EntryResolver(Manifest manifest) {
        this(manifest.name(), manifest.contributes().entries());
    }

    /// @param entries in the manifest's order
    EntryResolver(String extension, List<Entry> entries) {
        this.extension = extension;
        this.entries = List.copyOf(entries);
    }

    /// The entry to run where none is named: the first command.
    ///
    /// @throws CommandFailure if the extension has no command
    Entry first() {
        return entries.stream()
                .filter(entry -> entry.kind() == EntryKind.COMMAND)
                .findFirst()
                .orElseThrow(() -> refused("has no command to run; name an entry with --entry"));
    }

    /// The entry written as `kind:name`, or as a bare name that only one entry has.
    ///
    /// @throws CommandFailure if there is none, or a bare name stands for several
    Entry named(String text) {
        List<Entry> matches = entries.stream()
                .filter(entry -> entry.toString().equals(text) || entry.name().equals(text))
                .toList();
        if (matches.isEmpty()) {
            throw refused("has no entry " + PlainText.line(text));
        }
        if (matches.size() > 1) {
            throw refused("has more than one entry of that name; write one of " + list(matches) + ", entry="
                    + PlainText.line(text));
        }
        return matches.getFirst();
    }

    private CommandFailure refused(String why) {
        return new CommandFailure(ExitStatus.USAGE, extension + " " + why + ", entries=" + list(entries));
    }

    private static String list(List<Entry> entries) {
        return entries.stream().map(Entry::toString).collect(Collectors.joining(","));
    }
}
