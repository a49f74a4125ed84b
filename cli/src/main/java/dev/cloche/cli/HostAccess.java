package dev.cloche.cli;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Reply;
import java.util.List;
import java.util.Optional;

/// A way to the host of a home: the live one through its socket, or one that is opened for this command alone. What a
/// command does and prints is the same either way.
sealed interface HostAccess extends AutoCloseable permits LiveHost, LocalHost {
    /// Whether the host lived before the command and goes on after it.
    boolean live();

    /// Carries out an operation; `docs/operations.md` has all.
    ///
    /// @param params a JSON object
    /// @return a JSON object
    /// @throws dev.cloche.host.control.ControlException if it is refused, or cannot be carried out
    /// @throws dev.cloche.host.bundle.BundleException if it is about a bundle, and that cannot be used
    String ask(String op, String params);

    /// An extension, loaded now if it has to be.
    Optional<Installed> extension(String id);

    /// Calls an extension.
    Reply call(Call call);

    /// Calls a bundle that is loaded for this call alone.
    Reply run(BundlePath bundle, Call call);

    /// Lets the host go; one that was opened for the command is closed.
    @Override
    void close();

    /// An extension as those see it who call it.
    ///
    /// @param tier how its code runs
    /// @param entries in the manifest's order
    /// @param capabilities the names of those that its manifest asks for
    record Installed(String id, String tier, List<Entry> entries, List<String> capabilities) {
        public Installed {
            entries = List.copyOf(entries);
            capabilities = List.copyOf(capabilities);
        }
    }
}
