package dev.cloche.cli;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that opens a host.
final class HostOptions {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The host's home folder; by default what CLOCHE_HOME names, or ~/.cloche.")
    private @Nullable Path home;

    Path home() {
        return home == null ? HostConfig.defaultHome() : home;
    }

    /// The configuration that stands for these options.
    HostConfig config(Terminal terminal) {
        return HostConfig.at(home()).withLogSink(new GuestLog(terminal)::write);
    }

    /// Opens a host. The caller closes it.
    ///
    /// @throws CommandFailure if the home cannot be used, or another host holds it
    static Host open(HostConfig config) {
        try {
            return Host.open(config);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "the host cannot be opened: " + e.getMessage() + ", home=" + config.home(),
                    e);
        }
    }
}
