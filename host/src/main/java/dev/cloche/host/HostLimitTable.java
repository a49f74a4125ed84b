package dev.cloche.host;

import dev.cloche.host.HostLimit.Scope;
import dev.cloche.host.bundle.BundleLimits;
import dev.cloche.host.bundle.LimitRequests;
import dev.cloche.host.bundle.PoolSettings;
import dev.cloche.host.call.Budget;
import dev.cloche.host.control.ControlProtocol;
import dev.cloche.host.control.ControlServer;
import dev.cloche.host.engine.CappedTable;
import dev.cloche.host.engine.Limits;
import dev.cloche.host.engine.rewrite.ModuleLimit;
import dev.cloche.host.extension.ExtensionLoader;
import dev.cloche.host.hostcall.JsonRequest;
import dev.cloche.host.pool.IsolatePool;
import dev.cloche.host.service.ServiceLimit;
import java.util.ArrayList;
import java.util.List;

/// The bounds that are spread over the host, each from the constant that enforces it. Used by one thread.
final class HostLimitTable {
    private static final String REFUSED = "refused when it is loaded";
    private static final String DENIED_QUOTA = "the hostcall is answered Denied(quota)";
    private static final String DENIED_BACKPRESSURE = "the hostcall is answered Denied(backpressure)";
    private static final String INVALID = "the hostcall is answered Failed(invalid_request)";

    private static final String BUSY = "the error `busy`, and the connection is closed";
    private static final String LARGE = "the error `too_large`";

    private final List<HostLimit> limits = new ArrayList<>();

    private HostLimitTable() {}

    static List<HostLimit> of(HostConfig config) {
        var table = new HostLimitTable();
        table.calls(config);
        table.host(config);
        table.hooks(config.hooks());
        table.compilation(config.compile());
        table.hostcalls(config);
        table.control();
        table.services();
        table.modules(config.compile().process());
        table.bundles();
        return List.copyOf(table.limits);
    }

    private void calls(HostConfig config) {
        Limits byDefault = Limits.of(LimitRequests.NONE);
        Limits capped = byDefault.within(config.limits());
        call(
                "timeout",
                "wall-clock time of one call, from entry to reply",
                "ms",
                capped.timeoutNanos() / 1_000_000,
                byDefault.timeoutNanos() / 1_000_000,
                "TimedOut");
        for (Budget budget : Budget.values()) {
            String error = "Exhausted(" + budget.label() + ")";
            if (budget == Budget.STACK) {
                add(Scope.CALL, budget.label(), budget.meaning(), "", 0, 0, "", "", stackError(error));
            } else {
                call(
                        budget.label(),
                        budget.meaning(),
                        budget.unit(),
                        capped.of(budget),
                        byDefault.of(budget),
                        budget == Budget.MEMORY ? memoryError(error) : error);
            }
        }
    }

    private static String stackError(String error) {
        return error + "; in a script a RangeError that it can catch";
    }

    private static String memoryError(String error) {
        return "`memory.grow` and `table.grow` answer -1, a script has an InternalError that it can catch; where the"
                + " host would hold more, " + error;
    }

    private void call(String name, String meaning, String unit, long value, long byDefault, String error) {
        String key = "limits." + name;
        add(Scope.CALL, name, meaning, unit, value, byDefault, key, key, error);
    }

    private void host(HostConfig config) {
        String pool = "Rejected(pool_timeout)";
        set(
                "memory.max",
                "all that the guests of a host hold together",
                "bytes",
                config.memoryMax(),
                0,
                "Rejected(host_memory); `memory.grow` answers -1");
        fixed(
                Scope.HOST,
                "table-elements",
                "elements of one table, and of all that a module declares",
                "elements",
                CappedTable.ELEMENTS_MAX,
                "`table.grow` answers -1; a module that declares more is refused when it is loaded");
        fixed(
                Scope.HOST,
                "initialisation",
                "making the first isolate of an extension, when that is loaded",
                "ms",
                ExtensionLoader.INITIALISATION_TIMEOUT.toMillis(),
                REFUSED);
        fixed(
                Scope.HOST,
                "initialisation-fuel",
                "work of making an isolate, where `limits.fuel` is less",
                "units",
                Limits.INITIALISATION_FUEL_MIN,
                "Exhausted(fuel); when it is loaded, refused");
        PoolSettings settings = PoolSettings.DEFAULT;
        asked("pool.max", "isolates of one extension", "isolates", settings.max(), "calls wait, then " + pool);
        asked(
                "pool.acquire-timeout",
                "wait for an isolate",
                "ms",
                settings.acquireTimeout().toMillis(),
                pool);
        pools(config.pools());
        fixed(
                Scope.HOST,
                "waiters",
                "calls that wait for an isolate of one extension",
                "calls",
                IsolatePool.WAITERS_MAX,
                "Rejected(backpressure)");
        fixed(
                Scope.HOST,
                "async-calls",
                "calls under way through `Host.callAsync`",
                "calls",
                Host.ASYNC_CALLS_MAX,
                "Rejected(backpressure)");
    }

    private void pools(PoolConfig config) {
        PoolConfig byDefault = PoolConfig.DEFAULT;
        set(
                "pools.isolates",
                "isolates of all extensions together, those that are suspended not counted",
                "isolates",
                config.isolates(),
                byDefault.isolates(),
                "idle ones of other extensions are closed, calls wait, then Rejected(host_isolates)");
        set(
                "pools.depth",
                "calls under way one within the other, where extensions call extensions",
                "calls",
                config.depth(),
                byDefault.depth(),
                DENIED_QUOTA);
    }

    private void hooks(HookConfig config) {
        HookConfig byDefault = HookConfig.DEFAULT;
        set(
                "hooks.timeout",
                "wall-clock time of one run of a hook, all steps together",
                "ms",
                config.timeout().toMillis(),
                byDefault.timeout().toMillis(),
                "the run ends with TimedOut and is not completed");
        set(
                "hooks.steps",
                "extensions that take part in one hook",
                "extensions",
                config.steps(),
                byDefault.steps(),
                "one more is refused when it is loaded");
    }

    private void compilation(CompileConfig config) {
        CompileConfig byDefault = CompileConfig.DEFAULT;
        String error = "the module is refused when it is loaded";
        set(
                "compile.memory",
                "heap of a process that compiles a module",
                "bytes",
                config.memoryBytes(),
                byDefault.memoryBytes(),
                error);
        set(
                "compile.timeout",
                "time of a process that compiles a module",
                "ms",
                config.timeout().toMillis(),
                byDefault.timeout().toMillis(),
                error);
    }

    private void hostcalls(HostConfig config) {
        QuotaConfig quota = config.hostcalls().quota();
        QuotaConfig byDefault = QuotaConfig.DEFAULT;
        String unit = "hostcalls";
        quota("per-second", "hostcalls of one extension a second", unit, quota.perSecond(), byDefault.perSecond());
        quota("per-minute", "hostcalls of one extension a minute", unit, quota.perMinute(), byDefault.perMinute());
        quota("in-flight", "hostcalls of one extension under way", unit, quota.inFlight(), byDefault.inFlight());
        quota("bytes", "bytes of hostcalls of one extension a minute", "bytes", quota.bytes(), byDefault.bytes());
        quota("processes", "programs that one extension runs", "processes", quota.processes(), byDefault.processes());
        set(
                "reactor.lane-capacity",
                "hostcalls of one isolate that wait for a service",
                unit,
                config.reactor().laneCapacity(),
                ReactorConfig.DEFAULT.laneCapacity(),
                DENIED_BACKPRESSURE);
        set(
                "reactor.shard-capacity",
                "hostcalls of all isolates of a shard that wait for a service",
                unit,
                config.reactor().shardCapacity(),
                ReactorConfig.DEFAULT.shardCapacity(),
                DENIED_BACKPRESSURE);
    }

    private void quota(String key, String meaning, String unit, long value, long byDefault) {
        set("quota." + key, meaning, unit, value, byDefault, DENIED_QUOTA);
    }

    /// What comes over the socket of a live host.
    private void control() {
        control(
                "connections",
                "connections to a live host's socket",
                "connections",
                ControlServer.CONNECTIONS_MAX,
                BUSY);
        control(
                "request",
                "a request at a live host's socket",
                "bytes",
                ControlProtocol.REQUEST_BYTES_MAX,
                LARGE + ", and the connection is closed");
        control("requests", "requests at a live host's socket, together", "bytes", ControlServer.LINE_ROOM_BYTES, BUSY);
        control("answer", "an answer of a live host's socket", "bytes", ControlProtocol.ANSWER_BYTES_MAX, LARGE);
        control(
                "idle",
                "time in which a connection asks nothing, or leaves an answer untaken",
                "ms",
                ControlServer.IDLE_MAX.toMillis(),
                "the connection is closed");
        control(
                "path",
                "the path of a live host's socket",
                "bytes",
                ControlProtocol.PATH_BYTES_MAX,
                "the host does not listen, and says so");
    }

    private void control(String name, String meaning, String unit, long value, String error) {
        fixed(Scope.HOST, "control-" + name, meaning, unit, value, error);
    }

    private void modules(boolean process) {
        for (ModuleLimit limit : ModuleLimit.values()) {
            long here = limit.maximum(process);
            String setting = limit.maximum(true) == limit.maximum(false) ? "" : "compile.process";
            add(
                    Scope.MODULE,
                    limit.label(),
                    limit.meaning(),
                    limit.unit(),
                    here,
                    limit.maximum(false),
                    "",
                    setting,
                    REFUSED);
        }
    }

    private void services() {
        service(
                "json-nesting",
                "objects and arrays of a request within each other",
                "levels",
                JsonRequest.NESTING_MAX,
                INVALID);
        for (ServiceLimit limit : ServiceLimit.values()) {
            service(
                    limit.label(),
                    limit.meaning(),
                    limit.unit(),
                    limit.value(),
                    switch (limit.answer()) {
                        case INVALID -> INVALID;
                        case QUOTA -> DENIED_QUOTA;
                        case BACKPRESSURE -> DENIED_BACKPRESSURE;
                        case FAILED -> "the hostcall is answered Failed(io)";
                        case TIMEOUT -> "the hostcall is answered Failed(timeout)";
                        case CUT -> "the rest is left out, and what is kept says so";
                    });
        }
    }

    private void bundles() {
        bundle("bundle", "all files of a bundle, inflated", "bytes", BundleLimits.TOTAL_BYTES_MAX);
        bundle("zip", "a bundle as a zip file", "bytes", BundleLimits.ZIP_BYTES_MAX);
        bundle("file", "one file of a bundle, inflated", "bytes", BundleLimits.FILE_BYTES_MAX);
        bundle("files", "files of a bundle", "files", BundleLimits.FILES_MAX);
        bundle("ratio", "size of a file above 1 MiB over its packed size", "times", BundleLimits.RATIO_MAX);
        bundle("path", "length of a path", "bytes", BundleLimits.PATH_BYTES_MAX);
        bundle("path-depth", "names in a path", "names", BundleLimits.PATH_DEPTH_MAX);
        bundle("manifest", "a manifest", "bytes", BundleLimits.MANIFEST_BYTES_MAX);
        bundle(
                "manifest-depth",
                "objects and arrays of a manifest within each other",
                "levels",
                BundleLimits.MANIFEST_DEPTH_MAX);
        bundle("manifest-string", "one string of a manifest", "characters", BundleLimits.MANIFEST_STRING_MAX);
    }

    private void bundle(String name, String meaning, String unit, long value) {
        fixed(Scope.BUNDLE, name, meaning, unit, value, "refused when it is read");
    }

    private void service(String name, String meaning, String unit, long value, String error) {
        fixed(Scope.SERVICE, name, meaning, unit, value, error);
    }

    private void fixed(Scope scope, String name, String meaning, String unit, long value, String error) {
        add(scope, name, meaning, unit, value, value, "", "", error);
    }

    /// One that manifests ask for.
    private void asked(String name, String meaning, String unit, long value, String error) {
        add(Scope.HOST, name, meaning, unit, value, value, name, "", error);
    }

    /// One that the operator sets.
    private void set(String name, String meaning, String unit, long value, long byDefault, String error) {
        add(Scope.HOST, name, meaning, unit, value, byDefault, "", name, error);
    }

    private void add(
            Scope scope,
            String name,
            String meaning,
            String unit,
            long value,
            long byDefault,
            String manifest,
            String setting,
            String error) {
        limits.add(new HostLimit(scope, name, meaning, unit, value, byDefault, manifest, setting, error));
    }
}
