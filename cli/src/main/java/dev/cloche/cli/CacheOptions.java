package dev.cloche.cli;

import dev.cloche.host.CacheConfig;
import dev.cloche.host.HostCache;
import dev.cloche.host.HostConfig;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of the commands that look after the cache.
final class CacheOptions {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--folder", paramLabel = "DIR", description = "A cache folder other than the one in the home.")
    private @Nullable Path folder;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    boolean json() {
        return json;
    }

    /// Works with the cache. The home's lock is not needed, so a live host on the same home is no hindrance.
    ///
    /// @throws CommandFailure if the cache cannot be used
    <T> T onCache(Terminal terminal, Function<HostCache, T> work) {
        HostConfig config = hostOptions.config(terminal);
        HostConfig configured = folder == null ? config : config.withCache(CacheConfig.DEFAULT.withPath(folder));
        return HostOptions.onHost(configured, host -> {
            HostCache cache = host.cache();
            cache.problem().ifPresent(problem -> {
                throw new CommandFailure(ExitStatus.UNAVAILABLE, problem);
            });
            return work.apply(cache);
        });
    }
}
