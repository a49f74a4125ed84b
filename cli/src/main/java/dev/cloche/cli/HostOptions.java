package dev.cloche.cli;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.SettingsException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;
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
        try {
            // A command makes one call and goes: nothing needs to be ready for a second one.
            return HostConfig.fromHome(home()).withPrewarm(false).withLogSink(new GuestLog(terminal)::write);
        } catch (SettingsException e) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    /// Opens a host, works with it and closes it.
    ///
    /// @throws CommandFailure if its home cannot be used, for example because another host holds it
    static <T> T onHost(HostConfig config, Function<Host, T> work) {
        try (Host host = Host.open(config)) {
            return work.apply(host);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }
}
