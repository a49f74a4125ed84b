package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.Contributions.FailurePolicy;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.EntryKind;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.extension.ExtensionLoader;
import dev.cloche.host.extension.ExtensionRegistry.HookStep;
import dev.cloche.host.hostcall.HostcallRouter;
import dev.cloche.host.hostcall.QuotaLimits;
import dev.cloche.host.policy.Policy;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.policy.Profile;
import dev.cloche.host.service.Services;
import dev.cloche.host.storage.Home;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.telemetry.Doctor;
import dev.cloche.host.telemetry.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// An extension host: takes bundles, answers calls. Safe for use by many threads.
///
/// There is one way of a call, and this is its door: hooks, tools and commands, from Java, the command line or a test,
/// all enter at [#call].
public final class Host implements AutoCloseable {
    /// Calls under way through [#callAsync] at the same time; one more is rejected.
    public static final int ASYNC_CALLS_MAX = 10_000;

    private static final long CLOSE_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path home;
    private final Engines engines;
    private final Storage storage;
    private final Services services;
    private final HostcallRouter router;
    private final Policy policy;
    private final ExtensionLoader loader;
    private final Extensions extensions;
    private final CallGate gate = new CallGate();
    private final Semaphore asyncCalls = new Semaphore(ASYNC_CALLS_MAX);
    private final AtomicLong callIds = new AtomicLong();

    private Host(HostConfig config) {
        EngineClocks clocks = config.clocks();
        this.home = config.home();
        this.engines = Engines.start(clocks);
        this.storage = new Storage(config.home(), Home.LOCK_WAIT_DEFAULT, clocks.nanoClock());
        this.services = Services.open(storage::database, config.logSink(), clocks.nanoClock());
        this.router = new HostcallRouter(services.ops(), QuotaLimits.DEFAULT, clocks.nanoClock());
        this.policy = new Policy(Profile.BALANCED, config.grants());
        this.loader = new ExtensionLoader(engines, HostVersion.RELEASE);
        this.extensions = new Extensions(storage, loader, manifest -> router.portFor(policyFor(manifest)), clocks);
    }

    private PolicyTable policyFor(Manifest manifest) {
        return policy.resolve(manifest.name(), manifest.capabilities());
    }

    /// Opens a host. Its home folder is made, and its lock taken, when something is first kept there or looked for.
    public static Host open(HostConfig config) {
        return new Host(config);
    }

    /// Takes a bundle for the life of this host: loads it, runs its initialisation once, and makes its entries
    /// callable. An extension of the same name is replaced; calls under way end on the old one.
    ///
    /// @throws BundleException if the code cannot be loaded or does not offer what the manifest says; nothing has
    /// changed then
    public ExtensionInfo load(Bundle bundle) {
        return info(extensions.load(bundle), false);
    }

    /// Does what [#load] does and stores the bundle in the home folder, for this host and the next ones on the same
    /// home.
    ///
    /// @throws BundleException as [#load] does
    public ExtensionInfo install(Bundle bundle) {
        return info(extensions.install(bundle), true);
    }

    /// Forgets an extension, here and in the home folder. Its key-value data stays.
    ///
    /// @return whether there was one
    public boolean remove(String extension) {
        return extensions.remove(extension);
    }

    /// All extensions, by id.
    public List<ExtensionInfo> extensions() {
        Map<String, String> stored = extensions.storedVersions();
        return extensions.all().all().stream()
                .map(extension -> info(extension, stored.containsKey(extension.id())))
                .sorted(Comparator.comparing(ExtensionInfo::id))
                .toList();
    }

    private static ExtensionInfo info(Extension extension, boolean stored) {
        return new ExtensionInfo(extension.id(), extension.manifest(), extension.digest(), extension.tier(), stored);
    }

    /// Everything that would make [#load] refuse the bundle; empty if it would be taken. Runs the bundle's
    /// initialisation in an isolate whose every hostcall is denied.
    public List<Violation> check(Bundle bundle) {
        try {
            Extension loaded = loader.load(bundle, new DeniedPort(), extensions::versions);
            loaded.close();
            return List.of();
        } catch (BundleException e) {
            return e.violations();
        }
    }

    /// What is in a bundle and what it would get from this host. Runs none of its code.
    ///
    /// @throws BundleException if the code cannot be read
    public Inspection inspect(Bundle bundle) {
        PolicyTable table = policyFor(bundle.manifest());
        return Inspection.of(bundle, loader.interfaceOf(bundle), table.granted(), table.withheld());
    }

    /// Carries a call out and answers its reply. WebAssembly runs on the calling thread, JavaScript on a thread of the
    /// host's own while the caller waits. Interrupting the calling thread ends the call; its flag stays up.
    public Reply call(Call call) {
        return call(call, Extension.Placement.CALLER);
    }

    private Reply call(Call call, Extension.Placement placement) {
        if (Thread.currentThread().isInterrupted()) {
            return new Reply.Rejected(Reply.RejectReason.INTERRUPTED, "the calling thread is interrupted");
        }
        if (!gate.enter()) {
            return new Reply.Unavailable(Reply.UnavailableReason.CLOSED, "the host is closed");
        }
        try {
            long now = engines.clocks().nanoClock().getAsLong();
            Optional<Extension> extension = extensions.find(call.extension());
            return extension.isEmpty()
                    ? unknown(call.extension())
                    : extension.get().call(call, callIds.incrementAndGet(), now, placement, engines.threads());
        } catch (BundleException e) {
            return new Reply.Unavailable(Reply.UnavailableReason.INACTIVE, String.valueOf(e.getMessage()));
        } finally {
            gate.leave();
        }
    }

    private static Reply unknown(String extension) {
        return new Reply.Unavailable(
                Reply.UnavailableReason.UNKNOWN_EXTENSION,
                "there is no extension '" + extension + "'; install it first");
    }

    /// Carries a call out on the host's own threads. The future always completes with a reply, never exceptionally;
    /// cancelling it does not end the call.
    public CompletableFuture<Reply> callAsync(Call call) {
        if (!asyncCalls.tryAcquire()) {
            return CompletableFuture.completedFuture(new Reply.Rejected(
                    Reply.RejectReason.BACKPRESSURE,
                    "too many asynchronous calls are under way, limit=" + ASYNC_CALLS_MAX));
        }
        CompletableFuture<Reply> future = new CompletableFuture<>();
        Thread.ofVirtual().name("cloche-call").start(() -> {
            try {
                future.complete(call(call, Extension.Placement.GUEST_THREAD));
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
                throw e;
            } finally {
                asyncCalls.release();
            }
        });
        return future;
    }

    /// Runs a hook over all extensions that take part in it: actions are all told, filters thread the value through,
    /// by priority, then by order of registration. Each step is a [#call].
    ///
    /// @param value JSON
    public HookResult hook(String name, Payload value) {
        Payload current = value;
        List<HookResult.Failure> failures = new ArrayList<>();
        for (HookStep step : extensions.all().hook(name)) {
            Reply reply = call(Call.of(step.extension().id(), step.hook().entry(), current));
            if (!(reply instanceof Reply.Ok(Payload answer))) {
                failures.add(new HookResult.Failure(step.extension().id(), reply));
                if (step.hook().failure() == FailurePolicy.FAIL) {
                    return new HookResult(false, current, failures);
                }
            } else if (step.hook().kind() == EntryKind.FILTER) {
                current = answer;
            }
        }
        return new HookResult(true, current, failures);
    }

    /// Runs all of the doctor's checks.
    public List<Finding> doctor() {
        return new Doctor(HostChecks.of(home, storage, extensions)).examine();
    }

    /// Takes no more calls, waits for those under way up to a second, stops the rest, and lets the home go. Idempotent.
    @Override
    public void close() {
        if (!gate.shut()) {
            return;
        }
        if (!gate.awaitEmpty(CLOSE_GRACE_NANOS)) {
            engines.watchdog().stopAll();
            gate.awaitEmpty(CLOSE_GRACE_NANOS);
        }
        extensions.close();
        router.close();
        services.close();
        engines.close();
        storage.close();
    }
}
