package dev.cloche.cli;

import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Entry;
import java.util.List;
import java.util.stream.Collectors;

/// Finds the entry that a user means among those of a manifest.
final class EntryResolver {
    private final Manifest manifest;

    EntryResolver(Manifest manifest) {
        this.manifest = manifest;
    }

    /// The entry to run where none is named: the first command.
    ///
    /// @throws CommandFailure if the extension has no command
    Entry first() {
        return manifest.contributes().commands().stream()
                .findFirst()
                .map(command -> Entry.command(command.name()))
                .orElseThrow(() -> refused("has no command to run; name an entry with --entry"));
    }

    /// The entry written as `kind:name`, or as a bare name that only one entry has.
    ///
    /// @throws CommandFailure if there is none, or a bare name stands for several
    Entry named(String text) {
        List<Entry> entries = manifest.contributes().entries();
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
        return new CommandFailure(
                ExitStatus.USAGE,
                manifest.name() + " " + why + ", entries="
                        + list(manifest.contributes().entries()));
    }

    private static String list(List<Entry> entries) {
        return entries.stream().map(Entry::toString).collect(Collectors.joining(","));
    }
}
