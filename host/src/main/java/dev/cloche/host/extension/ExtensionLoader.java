package dev.cloche.host.extension;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Versions;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.call.Reply;
import dev.cloche.host.engine.CachedSnapshots;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.Snapshotter;
import dev.cloche.host.engine.StampingFactory;
import dev.cloche.host.engine.script.ScriptCode;
import dev.cloche.host.engine.script.ScriptEngine;
import dev.cloche.host.engine.script.ScriptInspector;
import dev.cloche.host.engine.script.ScriptIsolateFactory;
import dev.cloche.host.engine.wasm.WasmCode;
import dev.cloche.host.engine.wasm.WasmIsolateFactory;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.hostcall.OpRef;
import dev.cloche.host.pool.IsolatePool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns a bundle into an extension that can be called. Safe for use by many threads.
public final class ExtensionLoader {
    /// How long the first isolate of an extension may take to initialise.
    public static final Duration INITIALISATION_TIMEOUT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(ExtensionLoader.class);

    private final Engines engines;
    private final String hostVersion;
    private final LimitRequests caps;

    /// @param hostVersion what `requires.host` of manifests is held against
    /// @param caps limits that no extension may exceed, whatever its manifest asks for
    public ExtensionLoader(Engines engines, String hostVersion, LimitRequests caps) {
        this.engines = engines;
        this.hostVersion = hostVersion;
        this.caps = caps;
    }

    private Limits limitsOf(Manifest manifest) {
        return Limits.of(manifest.limits()).within(caps);
    }

    /// Loads the code and makes the first isolate, which the pool keeps: an extension that cannot start is refused here
    /// and not at its first call.
    ///
    /// @param port the extension's way out
    /// @param installed versions by id of what `depends` is held against; asked only where there is something to hold
    /// @throws BundleException with everything that is wrong
    public Extension load(Bundle bundle, HostcallPort port, Supplier<Map<String, String>> installed) {
        Manifest manifest = bundle.manifest();
        List<Violation> violations = relations(manifest, installed);
        if (!violations.isEmpty()) {
            throw new BundleException(manifest.name(), violations);
        }
        Limits limits = limitsOf(manifest);
        return switch (manifest.kind()) {
            case WASM -> {
                WasmCode code = WasmCode.load(bundle, limits, engines.compiler());
                requireKnown(manifest, code.importedOps(), port);
                yield started(
                        bundle,
                        limits,
                        new WasmIsolateFactory(
                                manifest.name(), code, port, engines.memories(), engines.watchdog(), engines.clocks()),
                        code.tier());
            }
            case SCRIPT -> started(bundle, limits, scripts(bundle, limits, port), WasmCode.COMPILED);
        };
    }

    /// Refuses a module that imports operations which this host does not have: it would hear of it at its first call.
    private static void requireKnown(Manifest manifest, List<String> ops, HostcallPort port) {
        List<Violation> violations = ops.stream()
                .filter(op -> port.resolve(op).index() == OpRef.UNKNOWN)
                .map(op -> new Violation(
                        "file:" + manifest.entry(),
                        "imports cloche_op." + JsonRequest.shown(op) + ", an operation that this host does not have",
                        port.nearest(op)
                                .map(near -> "did you mean " + near + "?")
                                .orElse("import operations that the host has, or ask with cloche.call")))
                .toList();
        if (!violations.isEmpty()) {
            throw new BundleException(manifest.name(), violations);
        }
    }

    /// Makes the script engine ready, of which all scripts have the same one. To be called ahead, while there is time.
    public void prepareScripts() {
        ScriptEngine.prepare(engines.memories());
    }

    private Snapshotter scripts(Bundle bundle, Limits limits, HostcallPort port) {
        return new ScriptIsolateFactory(
                bundle.manifest().name(),
                new ScriptCode(bundle, limits),
                port,
                engines.memories(),
                engines.watchdog(),
                engines.threads(),
                engines.wakeups(),
                engines.spares(),
                engines.clocks());
    }

    private Extension started(Bundle bundle, Limits limits, Snapshotter snapshotter, String tier) {
        Manifest manifest = bundle.manifest();
        var factory = new StampingFactory(
                snapshotter,
                new CachedSnapshots(engines.cache(), snapshotter.key(), engines.memories(), limits.memoryBytes()),
                manifest.engine().snapshot() ? null : "the manifest says \"snapshot\": false");
        IsolatePool pool = new IsolatePool(manifest.name(), manifest.pool(), factory, engines.pools());
        long deadline = engines.clocks().nanoClock().getAsLong() + INITIALISATION_TIMEOUT.toNanos();
        Reply failure = pool.warm(deadline);
        if (failure != null) {
            pool.close();
            factory.close();
            throw new BundleException(manifest.name(), List.of(initialisation(manifest, failure)));
        }
        pool.prewarm(deadline);
        engines.maintenance().add(pool);
        if (!tier.equals(WasmCode.COMPILED)) {
            LOG.warn("engine: an extension does not run at full speed, extension={}: {}", manifest.name(), tier);
        }
        return new Extension(
                bundle, limits, factory, pool, tier, engines.clocks().nanoClock());
    }

    /// What a bundle's code needs and offers, found out without running it.
    ///
    /// @throws BundleException if the code cannot be read
    public CodeInterface interfaceOf(Bundle bundle) {
        return switch (bundle.manifest().kind()) {
            case WASM ->
                new CodeInterface(WasmCode.imports(bundle), WasmCode.exports(bundle), WasmCode.transformations(bundle));
            case SCRIPT ->
                new CodeInterface(
                        ScriptInspector.imports(
                                new ScriptCode(bundle, limitsOf(bundle.manifest())),
                                engines.memories(),
                                engines.watchdog(),
                                engines.threads(),
                                engines.clocks()),
                        List.of(),
                        List.of("none: the script engine is split and passed over when Cloche is built"));
        };
    }

    /// @param imports what the code needs: functions for wasm, specifiers for a script
    /// @param exports what the code offers; empty for a script
    /// @param transformations what happens to the code before it runs, for people
    public record CodeInterface(List<String> imports, List<String> exports, List<String> transformations) {}

    private static Violation initialisation(Manifest manifest, Reply reply) {
        String message = switch (reply) {
            case Reply.Trapped trapped ->
                trapped.stack().isEmpty() ? trapped.message() : trapped.message() + "\n" + trapped.stack();
            case Reply.TimedOut timedOut -> timedOut.message();
            case Reply.Exhausted exhausted -> exhausted.message();
            case Reply.Rejected rejected -> rejected.message();
            case Reply.Ok _, Reply.GuestError _, Reply.Denied _, Reply.Unavailable _ -> reply.toString();
        };
        return new Violation(
                "file:" + manifest.entry(), "does not start: " + message, "mend what runs when the code is loaded");
    }

    private List<Violation> relations(Manifest manifest, Supplier<Map<String, String>> known) {
        Map<String, String> installed = manifest.depends().isEmpty() ? Map.of() : known.get();
        Stream<Violation> host = Versions.satisfies(hostVersion, manifest.requiresHost())
                ? Stream.empty()
                : Stream.of(new Violation(
                        "/requires/host",
                        "wants a host of version " + manifest.requiresHost() + ", this is " + hostVersion,
                        "use another version of the host or of the bundle"));
        Stream<Violation> others = manifest.depends().entrySet().stream()
                .filter(e -> !satisfied(installed.get(e.getKey()), e.getValue()))
                .map(e -> new Violation(
                        "/depends/" + e.getKey(),
                        "needs extension '" + e.getKey() + "' " + e.getValue() + ", "
                                + (installed.containsKey(e.getKey())
                                        ? "installed is " + installed.get(e.getKey())
                                        : "which is not installed"),
                        "install it first"));
        return Stream.concat(host, others).toList();
    }

    private static boolean satisfied(@Nullable String version, String range) {
        return version != null && Versions.satisfies(version, range);
    }
}
