package dev.cloche.host;

import dev.cloche.host.engine.ExecutionPermits;
import dev.cloche.host.engine.StampingFactory;
import dev.cloche.host.engine.cache.ContentCache;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.engine.memory.MemoryFigures;
import dev.cloche.host.engine.script.ScriptEngine;
import dev.cloche.host.extension.Engines;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.store.DenialRows;
import dev.cloche.host.ledger.store.Ledger;
import dev.cloche.host.pool.PoolStats;
import dev.cloche.host.storage.Storage;
import dev.cloche.host.storage.StorageException;
import dev.cloche.host.telemetry.Check;
import dev.cloche.host.telemetry.Finding;
import dev.cloche.host.telemetry.Finding.Level;
import dev.cloche.host.telemetry.JvmChecks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The doctor's checks of one host: its engines, its home, its extensions.
final class HostChecks {
    /// The areas that findings have.
    static final Set<String> AREAS = Collections.unmodifiableSet(new LinkedHashSet<>(List.of(
            "jdk", "memory", "threads", "engine", "storage", "extensions", "pool", "policy", "hostcall", "reactor")));

    private static final Set<String> OF_JVM = Set.of("jdk", "memory", "threads");

    /// Those whose findings are about extensions, which are loaded first.
    private static final Set<String> OF_EXTENSIONS = Set.of("extensions", "engine", "pool", "policy", "hostcall");

    private static final String ENGINE = "engine";
    private static final String STORAGE = "storage";

    /// Of the doctor itself: that a check failed is told whatever was asked for.
    private static final String DOCTOR = "doctor";

    private final HostParts parts;

    HostChecks(HostParts parts) {
        this.parts = parts;
    }

    /// The checks of some areas, in the order in which they are told.
    ///
    /// @throws IllegalArgumentException if there is no such area
    List<Check> of(Set<String> areas) {
        for (String area : areas) {
            if (!AREAS.contains(area)) {
                throw new IllegalArgumentException(
                        "there is no such area, area=" + area + " areas=" + String.join(",", AREAS));
            }
        }
        List<Check> checks = new ArrayList<>();
        if (areas.stream().anyMatch(OF_JVM::contains)) {
            checks.addAll(JvmChecks.all());
        }
        if (areas.contains(ENGINE)) {
            checks.addAll(ofEngine());
        }
        if (areas.contains(STORAGE)) {
            checks.addAll(ofStorage());
        }
        if (areas.contains(ENGINE) || areas.contains("reactor")) {
            checks.addAll(PlacementChecks.of(parts.reactor(), parts.engines().memories()));
        }
        Extensions extensions = parts.extensions();
        if (areas.stream().anyMatch(OF_EXTENSIONS::contains)) {
            checks.add(() -> List.of(loaded(extensions)));
            checks.add(() -> pools(extensions));
            checks.add(() -> snapshots(extensions));
        }
        checks.addAll(new HostcallChecks(parts).of(areas));
        return checks.stream().map(check -> only(areas, check)).toList();
    }

    private static Check only(Set<String> areas, Check check) {
        return () -> check.run().stream()
                .filter(finding ->
                        areas.contains(finding.area()) || finding.area().equals(DOCTOR))
                .toList();
    }

    private List<Check> ofEngine() {
        Engines engines = parts.engines();
        return List.of(
                () -> engines(engines),
                () -> List.of(turns(engines.watchdog().permits())),
                () -> List.of(memory(engines.memories())),
                () -> List.of(new BudgetCheck(parts.trial()).run()));
    }

    private List<Check> ofStorage() {
        return List.of(
                () -> List.of(home(parts.home())),
                () -> List.of(database(parts.home(), parts.storage())),
                () -> List.of(ledger(parts.records().ledger(), parts.records().denials())),
                () -> List.of(cache(parts.engines().cache())));
    }

    private static List<Finding> engines(Engines engines) {
        return List.of(
                ok("engine.wasm", ENGINE, "WebAssembly on Endive, compiled to JVM classes when an extension is loaded"),
                ok(
                        "engine.script",
                        ENGINE,
                        "JavaScript on " + ScriptEngine.description() + ", booted-ahead="
                                + engines.spares().ready() + " script.prewarm="
                                + engines.spares().wanted()));
    }

    private static Finding turns(ExecutionPermits permits) {
        return ok(
                "engine.turns",
                ENGINE,
                "guests run in turns, at-a-time=" + permits.total() + " on-virtual-threads=" + permits.virtuals()
                        + " running=" + permits.running() + " waiting="
                        + permits.waiting());
    }

    private static Finding memory(Memories memories) {
        MemoryFigures figures = memories.figures();
        String message = memories.description() + ", live=" + figures.live() + " quarantined=" + figures.quarantined()
                + " images=" + figures.images() + " image-bytes=" + figures.imageBytes() + " spares="
                + figures.spares() + " mappings=" + figures.mappings() + " mappings-max=" + figures.mappingsMax()
                + " " + memories.host();
        return figures.quarantined() == 0
                ? ok("engine.memory", ENGINE, message)
                : new Finding(
                        "engine.memory",
                        ENGINE,
                        Level.WARNING,
                        message,
                        "guests that do not end keep the memory of closed isolates; restart the host if they are many");
    }

    private static Finding home(Path home) {
        if (!Files.exists(home)) {
            return ok("storage.home", STORAGE, "the home will be made when it is needed, home=" + home);
        }
        return Files.isDirectory(home) && Files.isWritable(home)
                ? ok("storage.home", STORAGE, "home=" + home)
                : new Finding(
                        "storage.home",
                        STORAGE,
                        Level.ERROR,
                        "the home cannot be written, home=" + home,
                        "make it a folder that this user owns, or name another with --home");
    }

    private static Finding database(Path home, Storage storage) {
        if (!Files.exists(storage.stateFile())) {
            return ok("storage.database", STORAGE, "nothing is stored yet, home=" + home);
        }
        try {
            String mode = storage.database().read(session -> {
                try (var result = session.prepare("PRAGMA quick_check(1)").executeQuery()) {
                    return result.next() ? result.getString(1) : "no answer";
                }
            });
            return mode.equals("ok")
                    ? ok("storage.database", STORAGE, "the database is sound, file=" + storage.stateFile())
                    : new Finding(
                            "storage.database",
                            STORAGE,
                            Level.ERROR,
                            "the database is damaged: " + mode,
                            "restore state.db from a backup");
        } catch (StorageException e) {
            return new Finding(
                    "storage.database",
                    STORAGE,
                    Level.ERROR,
                    String.valueOf(e.getMessage()),
                    "mend what the message names");
        }
    }

    /// The head is what to note elsewhere: only by it can be told later whether rows were cut off.
    private static Finding ledger(Ledger ledger, DenialRows denials) {
        String id = "storage.ledger";
        DenialRows.Figures figures = denials.figures();
        try {
            LedgerHead head = ledger.head();
            return ok(
                    id,
                    STORAGE,
                    "rows=" + head.sequence() + " head=" + head.hash() + " denials-recorded=" + figures.written()
                            + " denials-waiting=" + figures.unwritten());
        } catch (StorageException e) {
            return new Finding(id, STORAGE, Level.ERROR, String.valueOf(e.getMessage()), "mend what the message names");
        }
    }

    /// Never an error: without a cache all that is lost is time.
    private static Finding cache(ContentCache cache) {
        String id = "storage.cache";
        if (cache.problem().isPresent() && !cache.isOff()) {
            return new Finding(
                    id, STORAGE, Level.WARNING, cache.description(), "mend the folder or set another as cache.path");
        }
        return cache.lastFailure()
                .map(reason -> new Finding(
                        id,
                        STORAGE,
                        Level.WARNING,
                        "entries are not kept: " + reason + "; " + cache.description(),
                        "make room, or mend the rights of the folder"))
                .orElseGet(() -> ok(id, STORAGE, cache.description()));
    }

    private static Finding loaded(Extensions extensions) {
        int loaded;
        try {
            loaded = extensions.all().all().size();
        } catch (StorageException e) {
            return new Finding(
                    "extensions.load",
                    "extensions",
                    Level.ERROR,
                    "installed extensions cannot be looked up: " + e.getMessage(),
                    "mend what the message names");
        }
        Map<String, String> failed = extensions.failed();
        return failed.isEmpty()
                ? ok("extensions.load", "extensions", "extensions are loaded, loaded=" + loaded)
                : new Finding(
                        "extensions.load",
                        "extensions",
                        Level.ERROR,
                        "extensions cannot be loaded: " + failed,
                        "install them again or remove them");
    }

    /// One finding an extension that is loaded.
    private static List<Finding> snapshots(Extensions extensions) {
        return extensions.loaded().stream()
                .map(extension -> ok("engine.snapshot", ENGINE, making(extension.id(), extension.making())))
                .toList();
    }

    private static String making(String extension, StampingFactory.Making making) {
        return "extension=" + extension + " isolates=" + making.path() + " booted=" + making.booted() + " stamped="
                + making.stamped();
    }

    /// One finding an extension that is loaded.
    private static List<Finding> pools(Extensions extensions) {
        return extensions.loaded().stream()
                .map(extension -> ok("pool.isolates", "pool", numbers(extension.id(), extension.poolStats())))
                .toList();
    }

    private static String numbers(String extension, PoolStats stats) {
        return "extension=" + extension + " live=" + stats.live() + " idle=" + stats.idle() + " in-use=" + stats.inUse()
                + " suspended=" + stats.suspended()
                + " waiting=" + stats.waiting() + " created=" + stats.created() + " failed=" + stats.creationFailures()
                + " retired=" + stats.retiredTotal() + " leases=" + stats.acquires() + " refused="
                + stats.rejectionsTotal() + " leaked=" + stats.leaked();
    }

    private static Finding ok(String id, String area, String message) {
        return new Finding(id, area, Level.OK, message, "");
    }
}
