package dev.cloche.host;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.engine.EngineClocks;
import dev.cloche.host.engine.memory.Memories;
import dev.cloche.host.policy.command.CommandPolicy;
import dev.cloche.host.service.ExecSettings;
import dev.cloche.host.service.FilesFolder;
import dev.cloche.host.service.SecretSource;
import dev.cloche.host.service.SecretsFile;
import dev.cloche.host.service.ServiceSettings;
import dev.cloche.host.telemetry.LogLine;
import dev.cloche.host.telemetry.MachineMemory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a [Host] is set up. Immutable; start from [#at] and go on with the `with` methods.
public final class HostConfig {
    /// The name under which a grant holds for every extension.
    public static final String EVERY_EXTENSION = "*";

    /// How many booted script engines may be kept.
    public static final int SCRIPT_PREWARM_MAX = 1_024;

    /// The least that all guests together may be given, in bytes.
    public static final long MEMORY_MAX_MIN = 16L << 20;

    private final Path home;
    private final Map<String, List<Capability>> grants;
    private final Consumer<LogLine> logSink;
    private final EngineClocks clocks;
    private final CacheConfig cache;
    private final EngineConfig engine;
    private final Shared shared;

    private HostConfig(
            Path home,
            Map<String, List<Capability>> grants,
            Consumer<LogLine> logSink,
            EngineClocks clocks,
            CacheConfig cache,
            EngineConfig engine,
            Shared shared) {
        this.home = home;
        this.grants = grants;
        this.logSink = logSink;
        this.clocks = clocks;
        this.cache = cache;
        this.engine = engine;
        this.shared = shared;
    }

    /// What all extensions of a host share beside their engines.
    ///
    /// @param hostcallsOfFile what the home's settings said of hostcalls; null if they were not read
    private record Shared(
            HookConfig hooks,
            PoolConfig pools,
            ReactorConfig reactor,
            NumaConfig numa,
            HostcallConfig hostcalls,
            @Nullable HostcallConfig hostcallsOfFile,
            Outside outside) {

        Shared with(HostcallConfig next, @Nullable HostcallConfig ofFile) {
            return new Shared(hooks, pools, reactor, numa, next, ofFile, outside);
        }

        Shared with(Outside next) {
            return new Shared(hooks, pools, reactor, numa, hostcalls, hostcallsOfFile, next);
        }
    }

    /// What extensions reach through services that is not the host's own.
    ///
    /// @param filesRoot null if there is no folder for files
    /// @param secrets null for the file in the home
    private record Outside(
            @Nullable Path filesRoot, @Nullable Function<String, Optional<String>> secrets) {
        static final Outside NONE = new Outside(null, null);
    }

    /// What engines are set up with.
    ///
    /// @param memoryMax bytes; zero to go by the machine
    private record EngineConfig(
            MemoryMode memory,
            long memoryMax,
            int scriptPrewarm,
            boolean prewarm,
            CompileConfig compile,
            LimitRequests caps) {}

    /// A configuration with every default, for the home folder given. The folder is made when the host first needs it.
    /// Its `settings.json` is not read: see [#fromHome].
    public static HostConfig at(Path home) {
        return new HostConfig(
                home.toAbsolutePath().normalize(),
                Map.of(),
                LogLine::toLogger,
                new EngineClocks(Clock.systemUTC(), System::nanoTime, new SecureRandom()),
                CacheConfig.DEFAULT,
                new EngineConfig(MemoryMode.AUTO, 0, 0, true, CompileConfig.DEFAULT, LimitRequests.NONE),
                new Shared(
                        HookConfig.DEFAULT,
                        PoolConfig.DEFAULT,
                        ReactorConfig.DEFAULT,
                        NumaConfig.DEFAULT,
                        HostcallConfig.DEFAULT,
                        null,
                        Outside.NONE));
    }

    /// A configuration for the home folder given, with what `settings.json` in it says; `docs/settings.md` lists what
    /// may stand there. A host that is opened with it goes by later changes of `ext` and `quota` in the file.
    ///
    /// @throws SettingsException if the file is there and cannot be used
    public static HostConfig fromHome(Path home) {
        HostConfig read = SettingsFile.apply(at(home));
        Shared shared = read.shared;
        return read.with(shared.with(shared.hostcalls(), shared.hostcalls()));
    }

    /// `~/.cloche`, or what the environment variable `CLOCHE_HOME` names.
    public static Path defaultHome() {
        String configured = System.getenv("CLOCHE_HOME");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cloche")
                : Path.of(configured);
    }

    /// Allows an extension a capability that the default profile does not give by itself, for example `http.fetch`. It
    /// takes effect only where the extension's manifest asks for the capability as well; both sets of parameters hold.
    ///
    /// @param extension an extension's id, or [#EVERY_EXTENSION]
    /// @param capability may leave parameters out, which leaves them to the manifest
    /// @throws IllegalArgumentException if there is no such capability, or it does not have such parameters or values
    public HostConfig withGrant(String extension, Capability capability) {
        List<Violation> violations = capability.grantViolations();
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException("the grant cannot be used: "
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("; "))
                    + ", extension=" + extension + " capability=" + capability.name());
        }
        Map<String, List<Capability>> grown = new TreeMap<>(grants);
        List<Capability> list = new ArrayList<>(grown.getOrDefault(extension, List.of()));
        list.add(capability);
        grown.put(extension, List.copyOf(list));
        return new HostConfig(home, Map.copyOf(grown), logSink, clocks, cache, engine, shared);
    }

    /// Where log and console lines of extensions go; by default to the SLF4J logger `cloche.guest.<extension>`. Called
    /// on the thread that runs the guest; must not block.
    public HostConfig withLogSink(Consumer<LogLine> logSink) {
        return new HostConfig(home, grants, Objects.requireNonNull(logSink, "logSink"), clocks, cache, engine, shared);
    }

    /// What guests read as the time of day; by default the system's, in UTC.
    public HostConfig withClock(Clock clock) {
        return new HostConfig(
                home,
                grants,
                logSink,
                new EngineClocks(clock, clocks.nanoClock(), clocks.random()),
                cache,
                engine,
                shared);
    }

    /// What guests draw randomness from; by default a [SecureRandom]. Must be safe for many threads.
    public HostConfig withRandom(Random random) {
        return new HostConfig(
                home,
                grants,
                logSink,
                new EngineClocks(clocks.wall(), clocks.nanoClock(), random),
                cache,
                engine,
                shared);
    }

    /// Where compiled classes and snapshots are kept, and how much of them; by default 512 MiB in the home.
    public HostConfig withCache(CacheConfig cache) {
        return new HostConfig(home, grants, logSink, clocks, Objects.requireNonNull(cache, "cache"), engine, shared);
    }

    /// Where isolates have their linear memory; by default [MemoryMode#AUTO].
    public HostConfig withMemory(MemoryMode memory) {
        return with(new EngineConfig(
                Objects.requireNonNull(memory, "memory"),
                engine.memoryMax(),
                engine.scriptPrewarm(),
                engine.prewarm(),
                engine.compile(),
                engine.caps()));
    }

    /// What all guests of the host may hold together: their linear memories, the images these are stamped from, their
    /// tables, and what the host holds on their behalf. By default four fifths of what the machine, or the container,
    /// has besides the Java heap; where linear memories are on the heap, a third of that.
    ///
    /// What an isolate cannot have for that reason is not there for its guest (`memory.grow` answers -1), and a call
    /// that needs another isolate is answered [dev.cloche.host.call.Reply.Rejected].
    ///
    /// @param bytes at least [#MEMORY_MAX_MIN]
    public HostConfig withMemoryMax(long bytes) {
        if (bytes < MEMORY_MAX_MIN) {
            throw new IllegalArgumentException(
                    "memory.max must be at least " + MEMORY_MAX_MIN + " bytes, memory.max=" + bytes);
        }
        return with(new EngineConfig(
                engine.memory(), bytes, engine.scriptPrewarm(), engine.prewarm(), engine.compile(), engine.caps()));
    }

    /// How many booted script engines are kept for extensions that have no snapshot yet; by default none.
    ///
    /// @param count up to [#SCRIPT_PREWARM_MAX]
    public HostConfig withScriptPrewarm(int count) {
        if (count < 0 || count > SCRIPT_PREWARM_MAX) {
            throw new IllegalArgumentException(
                    "script.prewarm must be from 0 to " + SCRIPT_PREWARM_MAX + ", script.prewarm=" + count);
        }
        return with(new EngineConfig(
                engine.memory(), engine.memoryMax(), count, engine.prewarm(), engine.compile(), engine.caps()));
    }

    /// Whether a host that is opened loads those installed extensions in the background that ask for `pool.prewarm`;
    /// by default it does.
    public HostConfig withPrewarm(boolean prewarm) {
        return with(new EngineConfig(
                engine.memory(), engine.memoryMax(), engine.scriptPrewarm(), prewarm, engine.compile(), engine.caps()));
    }

    /// Limits that no extension may exceed, whatever its manifest asks for; by default there are none but those of
    /// manifests. What is absent is not capped.
    public HostConfig withLimits(LimitRequests caps) {
        return with(new EngineConfig(
                engine.memory(),
                engine.memoryMax(),
                engine.scriptPrewarm(),
                engine.prewarm(),
                engine.compile(),
                Objects.requireNonNull(caps, "caps")));
    }

    /// Limits that no extension may exceed.
    public LimitRequests limits() {
        return engine.caps();
    }

    /// Where modules of WebAssembly extensions are compiled; by default in the host's own process.
    public HostConfig withCompile(CompileConfig compile) {
        return with(new EngineConfig(
                engine.memory(),
                engine.memoryMax(),
                engine.scriptPrewarm(),
                engine.prewarm(),
                Objects.requireNonNull(compile, "compile"),
                engine.caps()));
    }

    /// What one run of a hook may take; by default [HookConfig#DEFAULT].
    public HostConfig withHooks(HookConfig hooks) {
        return with(new Shared(
                Objects.requireNonNull(hooks, "hooks"),
                shared.pools(),
                shared.reactor(),
                shared.numa(),
                shared.hostcalls(),
                shared.hostcallsOfFile(),
                shared.outside()));
    }

    /// What holds for the isolate pools of all extensions together; by default [PoolConfig#DEFAULT].
    public HostConfig withPools(PoolConfig pools) {
        return with(new Shared(
                shared.hooks(),
                Objects.requireNonNull(pools, "pools"),
                shared.reactor(),
                shared.numa(),
                shared.hostcalls(),
                shared.hostcallsOfFile(),
                shared.outside()));
    }

    /// How hostcalls that may block are carried; by default [ReactorConfig#DEFAULT].
    public HostConfig withReactor(ReactorConfig reactor) {
        return with(new Shared(
                shared.hooks(),
                shared.pools(),
                Objects.requireNonNull(reactor, "reactor"),
                shared.numa(),
                shared.hostcalls(),
                shared.hostcallsOfFile(),
                shared.outside()));
    }

    /// Whether isolates have their memory from slabs bound to NUMA nodes; by default [NumaConfig#DEFAULT].
    public HostConfig withNuma(NumaConfig numa) {
        return with(new Shared(
                shared.hooks(),
                shared.pools(),
                shared.reactor(),
                Objects.requireNonNull(numa, "numa"),
                shared.hostcalls(),
                shared.hostcallsOfFile(),
                shared.outside()));
    }

    /// What holds for hostcalls: profile, quotas, lanes; by default [HostcallConfig#DEFAULT].
    public HostConfig withHostcalls(HostcallConfig hostcalls) {
        return with(shared.with(Objects.requireNonNull(hostcalls, "hostcalls"), shared.hostcallsOfFile()));
    }

    /// The folder that paths of guests begin in, for `fs.read` and its like; by default there is none, and those
    /// operations are not to be had. What an extension reaches in it is up to its manifest and to grants.
    ///
    /// @param folder absolute; it may not be the home, nor hold it
    public HostConfig withFilesRoot(Path folder) {
        if (!folder.isAbsolute()) {
            throw new IllegalArgumentException("files.root must be an absolute path, files.root=" + folder);
        }
        if (home.startsWith(folder.normalize())) {
            throw new IllegalArgumentException(
                    "files.root must not hold the home, whose data is the host's own, files.root=" + folder + " home="
                            + home);
        }
        return with(shared.with(new Outside(folder, shared.outside().secrets())));
    }

    /// Where guests' secrets are looked up by name; by default in `secrets.json` of the home. Called on threads of the
    /// host, by many at a time; may block. What it throws is not told: guests hear that it failed.
    public HostConfig withSecrets(Function<String, Optional<String>> secrets) {
        return with(shared.with(new Outside(shared.outside().filesRoot(), Objects.requireNonNull(secrets, "secrets"))));
    }

    private HostConfig with(Shared changed) {
        return new HostConfig(home, grants, logSink, clocks, cache, engine, changed);
    }

    private HostConfig with(EngineConfig changed) {
        return new HostConfig(home, grants, logSink, clocks, cache, changed, shared);
    }

    public Path home() {
        return home;
    }

    /// What the operator allows, by extension.
    public Map<String, List<Capability>> grants() {
        return grants;
    }

    public Consumer<LogLine> logSink() {
        return logSink;
    }

    public CacheConfig cache() {
        return cache;
    }

    public MemoryMode memory() {
        return engine.memory();
    }

    /// What all guests may hold together, in bytes; zero if that goes by the machine.
    public long memoryMax() {
        return engine.memoryMax();
    }

    /// How many booted script engines are kept.
    public int scriptPrewarm() {
        return engine.scriptPrewarm();
    }

    /// Whether installed extensions that ask for it are loaded when the host is opened.
    public boolean prewarm() {
        return engine.prewarm();
    }

    /// Where modules are compiled.
    public CompileConfig compile() {
        return engine.compile();
    }

    /// What one run of a hook may take.
    public HookConfig hooks() {
        return shared.hooks();
    }

    /// What holds for the isolate pools of all extensions together.
    public PoolConfig pools() {
        return shared.pools();
    }

    /// How hostcalls that may block are carried.
    public ReactorConfig reactor() {
        return shared.reactor();
    }

    /// What holds for hostcalls.
    public HostcallConfig hostcalls() {
        return shared.hostcalls();
    }

    /// The folder that paths of guests begin in, if there is one.
    public Optional<Path> filesRoot() {
        return Optional.ofNullable(shared.outside().filesRoot());
    }

    /// What services of the host are set up with.
    ServiceSettings services(ToIntFunction<String> processes) {
        Function<String, Optional<String>> secrets = shared.outside().secrets();
        return new ServiceSettings(
                logSink,
                clocks,
                pools().depth(),
                new ExecSettings(CommandPolicy.ofProfile(hostcalls().profile().label()), processes),
                new FilesFolder(shared.outside().filesRoot(), home),
                secrets == null ? new SecretsFile(home) : SecretSource.of(secrets));
    }

    /// What the home's settings said of hostcalls; null if they were not read.
    @Nullable
    HostcallConfig hostcallsOfFile() {
        return shared.hostcallsOfFile();
    }

    /// Whether isolates have their memory from slabs.
    public NumaConfig numa() {
        return shared.numa();
    }

    /// What isolates of the host have their memory from.
    Memories openMemories() {
        return Memories.of(
                engine.memory().setting(),
                engine.memoryMax(),
                MachineMemory.bytes(),
                shared.numa().settings());
    }

    EngineClocks clocks() {
        return clocks;
    }
}
