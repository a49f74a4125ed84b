package dev.cloche.cli;

import dev.cloche.host.CachedEntry;
import dev.cloche.host.HostCache;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Reads all entries of the cache and says which are not what was written.
@Command(
        name = "verify",
        description = "Reads every entry of the cache and lists those that are damaged or not to be trusted. The exit"
                + " code is 1 if there are any. A host does not use them either way.",
        footer = {"  cloche cache verify", "  cloche cache verify --remove --json"})
final class CacheVerifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--remove", description = "Remove what is listed.")
    private boolean remove;

    @Mixin
    private final CacheOptions options = new CacheOptions();

    CacheVerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return options.onCache(terminal, this::verify);
    }

    private int verify(HostCache cache) {
        List<CachedEntry> all = cache.verify(remove);
        List<CachedEntry> bad =
                all.stream().filter(entry -> !entry.problem().isEmpty()).toList();
        // Looked at, since a system need not let go of everything.
        long removed = bad.stream()
                .map(entry -> cache.folder().resolve(entry.file()))
                .filter(file -> Files.notExists(file, LinkOption.NOFOLLOW_LINKS))
                .count();
        if (options.json()) {
            terminal.line(JsonText.object(object -> {
                object.writeStringProperty("folder", cache.folder().toString());
                object.writeNumberProperty("verified", all.size());
                object.writeNumberProperty("removed", removed);
                CacheLsCommand.write(object, bad);
            }));
        } else {
            bad.forEach(entry -> terminal.line(PlainText.line(entry.file() + " " + entry.problem())));
            terminal.line("verified entries=" + all.size() + " bad=" + bad.size() + " removed=" + removed);
        }
        return bad.isEmpty() ? ExitStatus.OK : ExitStatus.FAULT_FOUND;
    }
}
