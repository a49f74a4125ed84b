package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.telemetry.Finding;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// An extension host: takes bundles, answers calls. Safe for use by many threads.
///
/// There is one way of a call, and this is its door: hooks, tools and commands, from Java, the command line or a test,
/// all enter at [#call].
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class Host implements AutoCloseable {
    private Host() {}

    /// Opens a host on its home folder and takes the folder's lock.
    ///
    /// @throws IllegalStateException if another live host holds the home
    public static Host open(HostConfig config) {
        throw new UnsupportedOperationException();
    }

    /// Takes a bundle for the life of this host: loads it, runs its initialisation once, and makes its entries callable.
    /// An extension of the same name is replaced; calls under way end on the old one.
    ///
    /// @throws dev.cloche.host.bundle.BundleException if the code cannot be loaded or does not offer what the manifest says
    public ExtensionInfo load(Bundle bundle) {
        throw new UnsupportedOperationException();
    }

    /// Does what [#load] does and stores the bundle in the home folder, for this host and the next ones on the same home.
    public ExtensionInfo install(Bundle bundle) {
        throw new UnsupportedOperationException();
    }

    /// Forgets an extension, here and in the home folder. Its key-value data stays.
    ///
    /// @return whether there was one
    public boolean remove(String extension) {
        throw new UnsupportedOperationException();
    }

    /// All extensions, by id.
    public List<ExtensionInfo> extensions() {
        throw new UnsupportedOperationException();
    }

    /// Everything that would make [#load] refuse the bundle; empty if it would be taken.
    public List<Violation> check(Bundle bundle) {
        throw new UnsupportedOperationException();
    }

    /// What is in a bundle and what it would get from this host.
    public Inspection inspect(Bundle bundle) {
        throw new UnsupportedOperationException();
    }

    /// Carries a call out and answers its reply. WebAssembly runs on the calling thread, JavaScript on a thread of the
    /// host's own while the caller waits.
    public Reply call(Call call) {
        throw new UnsupportedOperationException();
    }

    /// Carries a call out on the host's own threads.
    public CompletableFuture<Reply> callAsync(Call call) {
        throw new UnsupportedOperationException();
    }

    /// Runs a hook over all extensions that take part in it: actions are all told, filters thread the value through, by
    /// priority, then by order of registration. Each step is a [#call].
    ///
    /// @param value JSON
    public HookResult hook(String name, Payload value) {
        throw new UnsupportedOperationException();
    }

    /// Runs all of the doctor's checks.
    public List<Finding> doctor() {
        throw new UnsupportedOperationException();
    }

    /// Takes no more calls, waits for those under way up to a second, cancels the rest, and lets the home go. Idempotent.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
