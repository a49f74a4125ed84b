package dev.cloche.cli;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.SettingsException;
import dev.cloche.host.control.ControlException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that needs a host.
final class HostOptions {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The host's home folder; by default what CLOCHE_HOME names, or ~/.cloche.")
    private @Nullable Path home;

    Path home() {
        return home == null ? HostConfig.defaultHome() : home;
    }

    /// The configuration that stands for these options, for a host that makes one call and goes: nothing needs to be
    /// ready for a second one.
    HostConfig config(Terminal terminal) {
        return lasting(terminal).withPrewarm(false);
    }

    /// The same for a host that stays.
    HostConfig lasting(Terminal terminal) {
        try {
            return HostConfig.fromHome(home()).withLogSink(new GuestLog(terminal)::write);
        } catch (SettingsException e) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    /// The live host of the home, if there is one.
    ///
    /// @throws CommandFailure if it cannot be spoken to
    Optional<LiveHost> live() {
        try {
            return LiveHost.of(home().toAbsolutePath().normalize());
        } catch (ControlException e) {
            throw LiveHost.failure(e);
        }
    }

    /// Works with the live host of the home, or with one opened for the purpose where there is none.
    ///
    /// @throws CommandFailure if neither can be had
    <T> T onHome(Terminal terminal, Function<HostAccess, T> work) {
        return onHome(() -> config(terminal), _ -> {}, work);
    }

    /// The same.
    ///
    /// @param config of a host that has to be opened
    /// @param loaded is told of a bundle that such a host loads for a call
    <T> T onHome(Supplier<HostConfig> config, Consumer<HostAccess.Installed> loaded, Function<HostAccess, T> work) {
        try (HostAccess access = live().<HostAccess>map(Function.identity())
                .orElseGet(() -> new LocalHost(Host.open(config.get()), loaded))) {
            return work.apply(access);
        } catch (ControlException e) {
            throw LiveHost.failure(e);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw unavailable(e);
        }
    }

    /// Opens a host, works with it and closes it.
    ///
    /// @throws CommandFailure if its home cannot be used, for example because another host holds it
    static <T> T onHost(HostConfig config, Function<Host, T> work) {
        try (Host host = Host.open(config)) {
            return work.apply(host);
        } catch (ControlException e) {
            throw LiveHost.failure(e);
        } catch (IllegalStateException | UncheckedIOException e) {
            throw unavailable(e);
        }
    }

    private static CommandFailure unavailable(RuntimeException e) {
        return new CommandFailure(ExitStatus.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
}
