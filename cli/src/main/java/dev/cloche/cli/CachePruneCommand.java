package dev.cloche.cli;

import dev.cloche.host.HostCache;
import dev.cloche.host.HostCache.Pruned;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Removes entries of the cache.
@Command(
        name = "prune",
        description =
                "Removes entries of the cache: those unused for some time, then those unused for longest until the"
                        + " rest is small enough, or all. Live hosts are not disturbed.",
        footer = {
            "  cloche cache prune --older-than 720h",
            "  cloche cache prune --older-than 72h --max-bytes 100MiB",
            "  cloche cache prune --all"
        })
final class CachePruneCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--older-than",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Remove what was not used for this long, for example 72h.")
    private @Nullable Duration olderThan;

    @Option(
            names = "--max-bytes",
            paramLabel = "SIZE",
            converter = BytesConverter.class,
            description = "Leave no more than this, for example 100MiB.")
    private @Nullable Long bytesMax;

    @Option(names = "--all", description = "Remove everything.")
    private boolean all;

    @Mixin
    private final CacheOptions options = new CacheOptions();

    CachePruneCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        boolean some = olderThan != null || bytesMax != null;
        if (all == some) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "say what to remove: --all, or --older-than or --max-bytes or both of these");
        }
        return options.onCache(terminal, this::prune);
    }

    private int prune(HostCache cache) {
        Pruned aged = olderThan == null ? new Pruned(0, 0) : cache.removeUnusedFor(olderThan);
        Pruned large = bytesMax == null && !all ? new Pruned(0, 0) : cache.shrinkTo(bytesMax == null ? 0 : bytesMax);
        int entries = aged.entries() + large.entries();
        long bytes = aged.bytes() + large.bytes();
        if (options.json()) {
            terminal.line(JsonText.object(object -> {
                object.writeStringProperty("folder", cache.folder().toString());
                object.writeNumberProperty("removed", entries);
                object.writeNumberProperty("bytes", bytes);
            }));
        } else {
            terminal.line("removed entries=" + entries + " bytes=" + bytes);
        }
        return ExitStatus.OK;
    }
}
