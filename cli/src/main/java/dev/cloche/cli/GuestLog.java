package dev.cloche.cli;

import dev.cloche.host.telemetry.LogLine;
import java.util.Locale;

/// Writes what guests log and print to the error stream, each line as `[extension] level text`.
final class GuestLog {
    private final Terminal terminal;

    GuestLog(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Called on the thread that runs the guest.
    void write(LogLine entry) {
        String prefix = "[" + PlainText.line(entry.extension()) + "] "
                + entry.level().name().toLowerCase(Locale.ROOT) + " ";
        entry.message().lines().forEach(line -> terminal.errorLine(prefix + PlainText.line(line)));
    }
}
