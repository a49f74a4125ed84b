package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.CallOptions;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.TrapKind;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.extension.ExtensionLoader;
import dev.cloche.host.extension.ExtensionRegistry.HookStep;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.frame.Lineage;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.ledger.store.DenialRows;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.policy.PolicyTable;
import dev.cloche.host.pool.HostIsolates;
import dev.cloche.host.service.Services;
import dev.cloche.host.storage.Home;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.telemetry.Doctor;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.MetricsFormat;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An extension host: takes bundles, answers calls. Safe for use by many threads.
///
/// There is one way of a call, and this is its door: hooks, tools and commands, from Java, the command line or a test,
/// all enter at [#call].
public final class Host implements AutoCloseable {
    /// Calls under way through [#callAsync] at the same time; one more is rejected.
    public static final int ASYNC_CALLS_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Host.class);
    private static final Reply CLOSED = new Reply.Unavailable(Reply.UnavailableReason.CLOSED, "the host is closed");
    private static final Reply INTERRUPTED =
            new Reply.Rejected(Reply.RejectReason.INTERRUPTED, "the calling thread is interrupted");

    /// How many replacements of its extension one call follows.
    private static final int REPLACEMENTS_FOLLOWED_MAX = 3;

    private static final long CLOSE_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Runs what the first calls would otherwise wait for, beside what the opening thread does: a thread for each
    /// piece, two at a time and three a host.
    private static final Executor AHEAD =
            task -> Thread.ofPlatform().name("cloche-ahead").daemon().start(task);

    private final ContentCache cache;
    private final Engines engines;
    private final Storage storage;
    private final Ledger ledger;
    private final DenialRows denials;
    private final Services services;
    private final HostcallPath hostcalls;
    private final OperatorRules rules;
    private final SettingsWatch settings;
    private final ExtensionLoader loader;
    private final Extensions extensions;
    private final Duration hookTimeout;
    private final HostParts parts;
    private final CallGate gate = new CallGate();
    private final Semaphore asyncCalls = new Semaphore(ASYNC_CALLS_MAX);
    private final CompletableFuture<Void> prewarmed;
    private final AtomicLong callIds = new AtomicLong();

    private Host(HostConfig config) {
        EngineClocks clocks = config.clocks();
        this.storage = new Storage(config.home(), Home.LOCK_WAIT_DEFAULT, clocks.nanoClock());
        // As for the cache: rows are dated by the system's clock, not by the one that guests read.
        this.ledger = new Ledger(storage, Clock.systemUTC());
        this.denials = new DenialRows(ledger, clocks.nanoClock());
        CompletableFuture<Void> storageOpened = CompletableFuture.completedFuture(null);
        if (config.prewarm() && Files.exists(storage.stateFile())) {
            storageOpened = CompletableFuture.runAsync(storage::openAhead, AHEAD);
            var _ = CompletableFuture.runAsync(BundleReader::prepare, AHEAD);
        }
        try {
            // Not the clock that guests read: entries age by the system's, whatever an embedder has guests believe.
            this.cache = config.cache().open(config.home(), Clock.systemUTC());
            this.engines = Engines.start(
                    clocks,
                    config.openMemories(),
                    cache,
                    config.scriptPrewarm(),
                    config.compile().settings(),
                    new HostIsolates(config.pools().isolates()),
                    config.pools().leakStacks());
        } catch (RuntimeException | Error e) {
            storage.close();
            throw e;
        }
        this.services = Services.open(storage::database, this::nested, config.services(this::processesOf));
        LaneRows laneRows = new LaneRows(storage, ledger);
        this.hostcalls =
                new HostcallPath(config, services.ops(), clocks, denials, laneRows::changed, laneRows::diverged);
        this.rules = new OperatorRules(
                storage, ledger, hostcalls, () -> clocks.wall().millis(), this::requestedBy);
        this.settings = new SettingsWatch(config, hostcalls::settings);
        this.loader = new ExtensionLoader(engines, HostVersion.RELEASE, config.limits());
        this.hookTimeout = config.hooks().timeout();
        this.extensions = new Extensions(
                storage, ledger, loader, this::portFor, config.hooks().steps(), clocks);
        this.parts = new HostParts(
                storage,
                engines,
                extensions,
                hostcalls,
                rules,
                new HostParts.Records(ledger, denials),
                services.settings(),
                config.reactor(),
                (bundle, calls) -> callsOn(
                        new ExtensionLoader(engines.uncached(), HostVersion.RELEASE, config.limits())
                                .load(bundle, new DeniedPort(services.ops()), extensions::versions),
                        calls));
        this.prewarmed = config.prewarm() ? prewarm(storageOpened) : storageOpened;
    }

    private CompletableFuture<Void> prewarm(CompletableFuture<Void> storageOpened) {
        return storageOpened
                .thenRunAsync(() -> unlessClosed(extensions::prepare), AHEAD)
                .thenRunAsync(
                        () -> unlessClosed(extensions::prewarm),
                        Thread.ofVirtual().name("cloche-prewarm")::start);
    }

    /// As a call does: who closes the host stops it, and need not wait for what it loads.
    private void unlessClosed(Runnable work) {
        if (gate.enter()) {
            try {
                work.run();
            } finally {
                gate.leave();
            }
        }
    }

    private HostcallPort portFor(Manifest manifest) {
        rules.open();
        settings.start();
        return hostcalls.portFor(manifest);
    }

    /// How many programs it may run at the same time, by what the settings say now.
    private int processesOf(String extension) {
        return hostcalls.config().quotaOf(extension).processes();
    }

    private Optional<Map<String, Capability>> requestedBy(String extension) {
        return extension(extension).map(info -> info.manifest().capabilities());
    }

    /// What the operator allows and denies.
    ///
    /// @throws IllegalStateException if the host is closed
    public HostPolicy policy() {
        return inside(() -> new HostPolicy(rules));
    }

    /// How hostcalls are carried.
    ///
    /// @throws IllegalStateException if the host is closed
    public HostLanes lanes() {
        return inside(() -> new HostLanes(hostcalls.lanes(), rules));
    }

    /// Opens a host. Its home folder is made, and its lock taken, when something is first kept there or looked for.
    public static Host open(HostConfig config) {
        return new Host(config);
    }

    /// Completes when the installed extensions that ask for `pool.prewarm` have been loaded; what could not be loaded
    /// is logged, and said again at its first call. Calls need not wait for it.
    public CompletableFuture<Void> prewarmed() {
        return prewarmed.copy();
    }

    /// Takes a bundle for the life of this host: loads it, runs its initialisation once, and makes its entries
    /// callable. An extension of the same name is replaced; calls under way end on the old one.
    ///
    /// @throws BundleException if the code cannot be loaded or does not offer what the manifest says; nothing has
    /// changed then
    /// @throws IllegalStateException if the host is closed, or its home cannot be used
    public ExtensionInfo load(Bundle bundle) {
        return inside(() -> info(extensions.load(bundle)));
    }

    /// Does what [#load] does and stores the bundle in the home folder, for this host and the next ones on the same
    /// home.
    ///
    /// @throws BundleException as [#load] does
    /// @throws IllegalStateException if the host is closed, or the bundle cannot be stored; nothing has changed then
    public ExtensionInfo install(Bundle bundle) {
        return install(bundle, TriggeredBy.API);
    }

    /// Does what [#install(Bundle)] does.
    ///
    /// @param triggeredBy who wants it, for the ledger
    /// @throws BundleException as [#load] does
    /// @throws IllegalStateException as [#install(Bundle)] does
    public ExtensionInfo install(Bundle bundle, TriggeredBy triggeredBy) {
        return inside(() -> info(extensions.install(bundle, triggeredBy)));
    }

    /// Forgets an extension, here and in the home folder. Its key-value data stays.
    ///
    /// @return whether there was one
    /// @throws IllegalStateException if the host is closed, or its home cannot be used
    public boolean remove(String extension) {
        return remove(extension, TriggeredBy.API);
    }

    /// Does what [#remove(String)] does.
    ///
    /// @param triggeredBy who wants it, for the ledger
    /// @return whether there was one
    /// @throws IllegalStateException as [#remove(String)] does
    public boolean remove(String extension, TriggeredBy triggeredBy) {
        return inside(() -> extensions.remove(extension, triggeredBy));
    }

    /// All extensions, by id. An installed one that cannot be loaded is not among them; the doctor names it.
    ///
    /// @throws IllegalStateException if the host is closed, or its home cannot be used
    public List<ExtensionInfo> extensions() {
        return inside(() -> extensions.all().all().stream()
                .map(this::info)
                .sorted(Comparator.comparing(ExtensionInfo::id))
                .toList());
    }

    /// One extension, loaded now if it is installed and was not needed before; others are left alone.
    ///
    /// @throws BundleException if it is installed and cannot be loaded
    /// @throws IllegalStateException if the host is closed, or its home cannot be used
    public Optional<ExtensionInfo> extension(String id) {
        return inside(() -> {
            try {
                return extensions
                        .find(id, ExtensionLoader.INITIALISATION_TIMEOUT.toNanos())
                        .map(this::info);
            } catch (TimeoutException e) {
                throw new IllegalStateException(e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("the calling thread was interrupted, extension=" + id, e);
            }
        });
    }

    private ExtensionInfo info(Extension extension) {
        return new ExtensionInfo(
                extension.id(),
                extension.manifest(),
                extension.digest(),
                extension.tier(),
                extension.making().path(),
                extensions.isStored(extension));
    }

    /// Everything that would make [#load] refuse the bundle; empty if it would be taken. Runs the bundle's
    /// initialisation in an isolate whose every hostcall is denied.
    ///
    /// @throws IllegalStateException if the host is closed
    public List<Violation> check(Bundle bundle) {
        return inside(() -> {
            try {
                onTrial(bundle).close();
                return List.of();
            } catch (BundleException e) {
                return e.violations();
            }
        });
    }

    private Extension onTrial(Bundle bundle) {
        return loader.load(bundle, new DeniedPort(services.ops()), extensions::versions);
    }

    /// What is in a bundle and what it would get from this host. Runs none of its code.
    ///
    /// @throws BundleException if the code cannot be read
    /// @throws IllegalStateException if the host is closed
    public Inspection inspect(Bundle bundle) {
        return inside(() -> {
            rules.open();
            PolicyTable table = hostcalls.policyFor(bundle.manifest());
            return Inspection.of(bundle, loader.interfaceOf(bundle), table.granted(), table.withheld());
        });
    }

    /// The cache of compiled classes and snapshots.
    ///
    /// @throws IllegalStateException if the host is closed
    public HostCache cache() {
        return inside(() -> new HostCache(cache));
    }

    /// The ledger of the home.
    ///
    /// @throws IllegalStateException if the host is closed
    public HostLedger ledger() {
        return inside(() -> new HostLedger(ledger));
    }

    private <T> T inside(Supplier<T> work) {
        if (!gate.enter()) {
            throw new IllegalStateException("the host is closed");
        }
        try {
            return work.get();
        } finally {
            gate.leave();
        }
    }

    /// Carries a call out and answers its reply. WebAssembly runs on the calling thread, JavaScript on a thread of the
    /// host's own while the caller waits. Interrupting the calling thread ends the call; its flag stays up.
    ///
    /// Whatever happens is a reply; this throws nothing.
    public Reply call(Call call) {
        return call(call, Lineage.NONE, Extension.Placement.CALLER);
    }

    /// Loads a bundle for the length of one call, beside whatever has its name: what is said of that name holds for it.
    ///
    /// @throws BundleException as [#load] does
    /// @throws IllegalStateException as [#load] does
    public Reply run(Bundle bundle, Call call) {
        return inside(() -> {
            Extension extension = loader.load(bundle, portFor(bundle.manifest()), extensions::versions);
            return callsOn(extension, List.of(call)).getFirst();
        });
    }

    /// Makes calls on an extension that is in no registry, and closes it.
    private List<Reply> callsOn(Extension extension, List<Call> calls) {
        try {
            return calls.stream()
                    .map(call -> extension.call(
                            call,
                            callIds.incrementAndGet(),
                            engines.clocks().nanoClock().getAsLong(),
                            Lineage.NONE,
                            Extension.Placement.CALLER,
                            engines.threads()))
                    .toList();
        } finally {
            extension.close();
        }
    }

    /// Carries a call out that a guest makes.
    private Reply nested(Call call, Frame parent) {
        return call(call, parent.lineage(), Extension.Placement.CALLER);
    }

    private Reply call(Call call, Lineage waiting, Extension.Placement placement) {
        if (!gate.enter()) {
            return CLOSED;
        }
        try {
            return find(call, waiting, placement);
        } catch (BundleException | StorageException e) {
            return new Reply.Unavailable(Reply.UnavailableReason.INACTIVE, String.valueOf(e.getMessage()));
        } catch (TimeoutException e) {
            return new Reply.Rejected(Reply.RejectReason.POOL_TIMEOUT, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        } catch (RuntimeException e) {
            LOG.error("a call failed in the host itself, extension={} entry={}", call.extension(), call.entry(), e);
            return new Reply.Trapped(TrapKind.ENGINE, "the host could not carry the call out; its log says why", "");
        } finally {
            gate.leave();
        }
    }

    private Reply find(Call call, Lineage waiting, Extension.Placement placement)
            throws InterruptedException, TimeoutException {
        if (Thread.currentThread().isInterrupted()) {
            return INTERRUPTED;
        }
        long now = engines.clocks().nanoClock().getAsLong();
        Duration wait = call.options()
                .timeout()
                .filter(asked -> asked.compareTo(Limits.DEFAULT_TIMEOUT) < 0)
                .orElse(Limits.DEFAULT_TIMEOUT);
        Optional<Extension> found = extensions.find(call.extension(), wait.toNanos());
        if (found.isEmpty()) {
            return new Reply.Unavailable(
                    Reply.UnavailableReason.UNKNOWN_EXTENSION,
                    "there is no extension '" + call.extension() + "'; install it first");
        }
        return run(call, waiting, placement, found.get(), now);
    }

    /// Runs the call, and once more on the extension that has taken the found one's place, if it was refused for that.
    private Reply run(Call call, Lineage waiting, Extension.Placement placement, Extension found, long now) {
        Extension extension = found;
        for (int replaced = 0; ; replaced++) {
            Reply reply = extension.call(call, callIds.incrementAndGet(), now, waiting, placement, engines.threads());
            Extension current = extensions.loaded(call.extension()).orElse(extension);
            if (current == extension || replaced == REPLACEMENTS_FOLLOWED_MAX || !refusedByPool(reply)) {
                return reply;
            }
            extension = current;
        }
    }

    /// Whether the guest has not run because its pool was closing. A guest that ran is never run again.
    private static boolean refusedByPool(Reply reply) {
        return switch (reply) {
            case Reply.Rejected rejected -> rejected.reason() == Reply.RejectReason.DRAINING;
            case Reply.Unavailable unavailable -> unavailable.reason() == Reply.UnavailableReason.CLOSED;
            case Reply.Ok _, Reply.GuestError _, Reply.Denied _, Reply.Trapped _, Reply.TimedOut _, Reply.Exhausted _ ->
                false;
        };
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
            Reply reply = new Reply.Trapped(TrapKind.ENGINE, "the host ran out of resources during the call", "");
            try {
                reply = call(call, Lineage.NONE, Extension.Placement.GUEST_THREAD);
            } finally {
                asyncCalls.release();
                future.complete(reply);
            }
        });
        return future;
    }

    /// Tells all scripts of an event that run and have subscribed to its topic. Waits for none of them.
    ///
    /// @param topic for example `orders.placed`
    /// @param json what it says
    /// @return how many took it; one that has as many waiting as it may does not
    /// @throws IllegalArgumentException if the topic is none, or the data is no JSON or larger than 64 KiB
    public int emit(String topic, Payload json) {
        return services.emit(topic, "host", json.text());
    }

    /// Runs a hook over all extensions that take part in it: actions are all told, filters thread the value through, by
    /// priority, then by order of registration. Each step is a [#call]. All steps together have the host's
    /// `hooks.timeout`; where that is over the run ends, and the result is not completed. Throws nothing: where the
    /// host itself cannot run the hook, the result is not completed and has a failure of no extension.
    ///
    /// @param value JSON
    public HookResult hook(String name, Payload value) {
        return hook(name, value, CallOptions.DEFAULT);
    }

    /// Runs a hook as [#hook(String, Payload)] does, within narrower bounds.
    ///
    /// @param options for all steps together: their time, their fuel, and who is told what they used in sum
    public HookResult hook(String name, Payload value, CallOptions options) {
        List<HookStep> steps;
        try {
            steps = inside(() -> extensions.all().hook(name));
        } catch (IllegalStateException e) {
            Reply reply = new Reply.Unavailable(Reply.UnavailableReason.INACTIVE, String.valueOf(e.getMessage()));
            return new HookResult(false, value, List.of(new HookResult.Failure("", reply)));
        }
        return new HookRun(name, hookTimeout, options, engines.clocks().nanoClock(), this::call).over(steps, value);
    }

    /// Changes how many isolates of an extension are kept ready, and how many there may be, until it is replaced. What
    /// is too many goes as soon as it is idle; calls that wait get what is more.
    ///
    /// @return whether there is such an extension that is loaded
    /// @throws IllegalArgumentException unless `0 <= min <= max` and `max >= 1`
    /// @throws IllegalStateException if the host is closed
    public boolean resizePool(String extension, int min, int max) {
        return inside(() -> {
            Optional<Extension> loaded = extensions.loaded(extension);
            loaded.ifPresent(found -> found.resize(min, max));
            return loaded.isPresent();
        });
    }

    /// Runs all of the doctor's checks.
    ///
    /// @throws IllegalStateException if the host is closed
    public List<Finding> doctor() {
        return doctor(HostChecks.AREAS);
    }

    /// Runs the doctor's checks of some areas.
    ///
    /// @throws IllegalArgumentException if there is no such area
    /// @throws IllegalStateException if the host is closed
    public List<Finding> doctor(Set<String> areas) {
        return inside(() -> new Doctor(new HostChecks(parts).of(areas)).examine());
    }

    /// What this host consists of.
    ///
    /// @throws IllegalStateException if the host is closed
    HostParts parts() {
        return inside(() -> parts);
    }

    /// The metrics of this host, as text; docs/metrics.md has all of them. Looks and changes nothing: what is installed
    /// and was not needed so far has none yet.
    ///
    /// @throws IllegalStateException if the host is closed
    public String metrics(MetricsFormat format) {
        return inside(() -> HostMetrics.text(engines, extensions, hostcalls, format));
    }

    /// Takes no more calls, waits for those under way up to a second, stops the rest, and lets the home go. Idempotent.
    /// An interrupt does not cut it short; the flag is up again afterwards.
    @Override
    public void close() {
        if (!gate.shut()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            if (!gate.awaitEmpty(CLOSE_GRACE_NANOS)) {
                engines.watchdog().stopAll();
                gate.awaitEmpty(CLOSE_GRACE_NANOS);
            }
            Closing.all(List.of(
                    settings::close,
                    extensions::close,
                    hostcalls::close,
                    services::close,
                    engines::close,
                    denials::close,
                    storage::close));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
