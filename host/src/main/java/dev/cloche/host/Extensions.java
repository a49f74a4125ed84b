package dev.cloche.host;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.BundleException;
import dev.cloche.host.bundle.BundleReader;
import dev.cloche.host.bundle.Contributions;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.extension.Extension;
import dev.cloche.host.extension.ExtensionLoader;
import dev.cloche.host.extension.ExtensionRegistry;
import dev.cloche.host.hostcall.HostcallPort;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.ledger.store.BundleRows;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.storage.InstalledBundles;
import dev.cloche.host.storage.InstalledBundles.Installed;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The extensions of one host: those loaded, and those stored in the home that are loaded when they are first needed.
/// Safe for use by many threads; changes are made one at a time, and what is loaded is found without waiting for them.
final class Extensions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Extensions.class);

    /// How long calls on a replaced extension may go on before they are stopped.
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    /// What bundles are held against: most of it is in the schema of manifests, the rest in the code of this version.
    private static final String RULES = HostVersion.FULL + " " + BundleReader.SCHEMA;

    private final Storage storage;
    private final Ledger ledger;
    private final ExtensionLoader loader;
    private final Function<Manifest, HostcallPort> ports;
    private final int hookSteps;
    private final EngineClocks clocks;
    private final ReentrantLock changes = new ReentrantLock();
    private final PoolTotals<Extension> poolTotals = new PoolTotals<>(Extension::poolStats);
    private volatile ExtensionRegistry registry = ExtensionRegistry.EMPTY;
    private final Map<String, String> failed = new ConcurrentSkipListMap<>();
    private volatile boolean storedLoaded;
    private boolean closed;
    private @Nullable InstalledBundles bundles;

    /// @param hookSteps how many may take part in one hook
    Extensions(
            Storage storage,
            Ledger ledger,
            ExtensionLoader loader,
            Function<Manifest, HostcallPort> ports,
            int hookSteps,
            EngineClocks clocks) {
        this.storage = storage;
        this.ledger = ledger;
        this.loader = loader;
        this.ports = ports;
        this.hookSteps = hookSteps;
        this.clocks = clocks;
    }

    /// Loads a bundle; a loaded extension of the same name goes on serving until the new one is ready.
    ///
    /// @throws BundleException if it cannot be loaded; nothing has changed then
    Extension load(Bundle bundle) {
        changes.lock();
        try {
            return replace(start(bundle));
        } finally {
            changes.unlock();
        }
    }

    private Extension start(Bundle bundle) {
        requireRoom(bundle.manifest());
        return loader.load(bundle, ports.apply(bundle.manifest()), this::versions);
    }

    /// Refuses an extension that would make a hook longer than may be: the others that take part in it go on as before.
    private void requireRoom(Manifest manifest) {
        List<Violation> violations = new ArrayList<>();
        List<Contributions.Hook> hooks = manifest.contributes().hooks();
        for (int index = 0; index < hooks.size(); index++) {
            String name = hooks.get(index).name();
            long others = registry.hook(name).stream()
                    .filter(step -> !step.extension().id().equals(manifest.name()))
                    .count();
            if (others >= hookSteps) {
                violations.add(new Violation(
                        "/contributes/hooks/" + index,
                        "as many extensions take part in this hook as may, hook=" + name + " hooks.steps=" + hookSteps,
                        "remove one of them, or raise hooks.steps in the host's settings"));
            }
        }
        if (!violations.isEmpty()) {
            throw new BundleException(manifest.name(), violations);
        }
    }

    private Extension replace(Extension loaded) {
        if (closed) {
            loaded.close();
            throw new IllegalStateException("the host was closed meanwhile, extension=" + loaded.id());
        }
        Optional<Extension> replaced = registry.find(loaded.id());
        poolTotals.joined(loaded.id(), loaded);
        registry = registry.with(loaded);
        failed.remove(loaded.id());
        replaced.ifPresent(extension -> retire(extension, true));
        return loaded;
    }

    private void retire(Extension extension, boolean replaced) {
        long deadline = clocks.nanoClock().getAsLong() + DRAIN_TIMEOUT.toNanos();
        Thread.ofVirtual().name("cloche-retire-" + extension.id()).start(() -> {
            try {
                extension.retire(deadline, replaced);
            } finally {
                poolTotals.left(extension.id(), extension);
            }
        });
    }

    /// Loads a bundle and stores it. What is stored is what was loaded: a bundle that does not start is not kept, and
    /// one that cannot be stored does not serve.
    Extension install(Bundle bundle, TriggeredBy triggeredBy) {
        changes.lock();
        try {
            Extension loaded = start(bundle);
            try {
                installed().store(asInstalled(bundle), bundle.zip().unsafeBytes(), new BundleRows(ledger, triggeredBy));
            } catch (RuntimeException | Error e) {
                loaded.close();
                throw e;
            }
            return replace(loaded);
        } finally {
            changes.unlock();
        }
    }

    private static Installed asInstalled(Bundle bundle) {
        Manifest manifest = bundle.manifest();
        return new Installed(
                manifest.name(),
                manifest.version(),
                bundle.digest(),
                RULES,
                manifest.pool().prewarm(),
                manifest.kind() == Manifest.Kind.SCRIPT);
    }

    boolean remove(String id, TriggeredBy triggeredBy) {
        changes.lock();
        try {
            boolean stored = hasStored() && installed().remove(id, new BundleRows(ledger, triggeredBy));
            Optional<Extension> loaded = registry.find(id);
            registry = registry.without(id);
            poolTotals.removed(id);
            failed.remove(id);
            loaded.ifPresent(extension -> retire(extension, false));
            return stored || loaded.isPresent();
        } finally {
            changes.unlock();
        }
    }

    /// All that are loaded, in order of registration. Never waits.
    List<Extension> loaded() {
        return registry.all();
    }

    /// The numbers of pools by label of metrics: those of pools that were replaced count as well.
    Map<String, PoolStats> poolTotals() {
        return poolTotals.byLabel();
    }

    /// The extension of this id if it is loaded. Never waits.
    Optional<Extension> loaded(String id) {
        return registry.find(id);
    }

    /// The extension of this id, loaded from the home if it has to be.
    ///
    /// @param timeoutNanos how long to wait for changes under way
    /// @throws BundleException if it is stored and cannot be loaded
    /// @throws TimeoutException if changes under way take longer
    Optional<Extension> find(String id, long timeoutNanos) throws InterruptedException, TimeoutException {
        Optional<Extension> loaded = registry.find(id);
        if (loaded.isPresent()) {
            return loaded;
        }
        String failure = failed.get(id);
        if (failure != null) {
            throw new BundleException(id, List.of(new Violation("", failure, "install it again or remove it")));
        }
        if (storedLoaded || !hasStored()) {
            return Optional.empty();
        }
        if (!changes.tryLock(timeoutNanos, TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("other extensions are being loaded or installed, extension=" + id);
        }
        try {
            return loadStored(id);
        } finally {
            changes.unlock();
        }
    }

    private Optional<Extension> loadStored(String id) {
        Optional<Extension> meanwhile = registry.find(id);
        if (meanwhile.isPresent()) {
            return meanwhile;
        }
        return stored().stream()
                .filter(installed -> installed.id().equals(id))
                .findFirst()
                .map(this::loadOrRemember);
    }

    private Extension loadOrRemember(Installed installed) {
        try {
            return load(installed);
        } catch (BundleException e) {
            failed.put(installed.id(), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private Extension load(Installed installed) {
        byte[] zip = installed()
                .load(installed.digest())
                .orElseThrow(() -> new BundleException(
                        installed.id(),
                        List.of(new Violation(
                                "",
                                "the home has lost its bundle, digest=" + installed.digest(),
                                "install it again"))));
        return load(read(installed, zip));
    }

    /// @param zip of the hash that was noted when it was stored
    private Bundle read(Installed installed, byte[] zip) {
        if (installed.checkedBy().equals(RULES)) {
            return BundleReader.readKnownZip(installed.id(), zip, installed.digest());
        }
        Bundle bundle = BundleReader.readZip(installed.id(), zip);
        try {
            installed().note(asInstalled(bundle));
        } catch (StorageException e) {
            LOG.info(
                    "that an installed bundle was checked is not noted, extension={}: {}",
                    installed.id(),
                    e.getMessage());
        }
        return bundle;
    }

    /// Everything there is, with what is stored loaded; what cannot be loaded is logged and left out.
    ExtensionRegistry all() {
        if (storedLoaded) {
            return registry;
        }
        changes.lock();
        try {
            if (!storedLoaded) {
                List<Installed> stored = stored();
                stored.stream()
                        .filter(installed -> registry.find(installed.id()).isEmpty())
                        .forEach(this::loadOrLog);
                // Which of them happened to be called first must not change the order of hooks.
                registry = registry.withFirst(stored.stream().map(Installed::id).toList());
                storedLoaded = true;
            }
            return registry;
        } finally {
            changes.unlock();
        }
    }

    private void loadOrLog(Installed installed) {
        try {
            loadOrRemember(installed);
        } catch (BundleException e) {
            LOG.error("an installed extension cannot be loaded, extension={}: {}", installed.id(), e.getMessage());
        }
    }

    /// Makes ready what those that are stored have in common.
    void prepare() {
        try {
            for (Installed installed : stored()) {
                if (installed.script()) {
                    loader.prepareScripts();
                    return;
                }
            }
        } catch (IllegalStateException _) {
            // It comes up again.
        }
    }

    /// Loads what is stored and asks to be ready before its first call. What fails is logged.
    void prewarm() {
        try {
            stored().forEach(this::prewarm);
        } catch (IllegalStateException e) {
            LOG.info("installed extensions were not made ready before their first calls: {}", e.getMessage());
        }
    }

    private void prewarm(Installed installed) {
        try {
            if (wantsPrewarm(installed)) {
                var _ = find(installed.id(), DRAIN_TIMEOUT.toNanos());
            }
        } catch (BundleException | IllegalStateException | TimeoutException e) {
            LOG.info(
                    "an installed extension was not made ready before its first call, extension={}: {}",
                    installed.id(),
                    e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean wantsPrewarm(Installed installed) {
        if (installed.checkedBy().equals(RULES)) {
            return installed.prewarm() > 0;
        }
        return installed()
                .load(installed.digest())
                .filter(zip -> read(installed, zip).manifest().pool().prewarm() > 0)
                .isPresent();
    }

    /// Whether the next host on the same home will have this very extension as well.
    boolean isStored(Extension extension) {
        return stored().stream()
                .anyMatch(installed -> installed.id().equals(extension.id())
                        && installed.digest().equals(extension.digest()));
    }

    /// Versions by id of everything that is loaded or stored.
    Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        stored().forEach(installed -> versions.put(installed.id(), installed.version()));
        registry.all().forEach(e -> versions.put(e.id(), e.manifest().version()));
        return versions;
    }

    /// What of the home could not be loaded, and why.
    Map<String, String> failed() {
        return Map.copyOf(failed);
    }

    /// One for all, opened when it is first needed: it keeps files and rows together.
    private InstalledBundles installed() {
        changes.lock();
        try {
            InstalledBundles opened = bundles;
            if (opened == null) {
                opened = InstalledBundles.open(storage);
                bundles = opened;
            }
            return opened;
        } finally {
            changes.unlock();
        }
    }

    private List<Installed> stored() {
        return hasStored() ? installed().list() : List.of();
    }

    /// A home without a database has nothing stored; looking must not make one.
    ///
    /// @throws StorageException if the home is something else than a folder
    private boolean hasStored() {
        Path home = storage.folder();
        if (Files.exists(home) && !Files.isDirectory(home)) {
            throw new StorageException(
                    StorageException.Kind.IO, "the home is not a folder; name another, home=" + home);
        }
        return Files.exists(storage.stateFile());
    }

    /// Refuses everybody from now on and closes what is idle.
    @Override
    public void close() {
        changes.lock();
        try {
            closed = true;
            new ArrayList<>(registry.all()).forEach(Extension::close);
        } finally {
            changes.unlock();
        }
    }
}
