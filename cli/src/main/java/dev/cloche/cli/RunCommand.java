package dev.cloche.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Loads a bundle for the length of one call.
@Command(
        name = "run",
        description = "Runs a bundle once: a payload goes in, the answer comes out.",
        footer = {
            "  cloche run guests/markdown README.md > README.html",
            "  cat post.md | cloche run guests/markdown",
            "  cloche run guests/word-filter --entry filter:content --input '\"text\"' --json",
            "  cloche run fetcher.zip --grant 'http.fetch:hosts=example.org;methods=GET' --timeout 5s"
        })
final class RunCommand implements Callable<Integer>, JsonReplies {
    private final GuestCall guestCall;

    @Parameters(index = "0", paramLabel = "BUNDLE", description = "A folder or zip with a cloche.json.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private Path bundlePath;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "The payload; - for standard input, which is also read if it is not a terminal and no payload is"
                            + " given.")
    private @Nullable String file;

    @Option(
            names = "--entry",
            paramLabel = "ENTRY",
            description = "The entry to call, as kind:name, or as a name that only one entry has; by default the first"
                    + " command of the manifest.")
    private @Nullable String entry;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    @Mixin
    private final CallSettings settings = new CallSettings();

    RunCommand(Terminal terminal, Verbosity verbosity) {
        this.guestCall = new GuestCall(terminal, verbosity, hostOptions, settings);
    }

    @Override
    public Integer call() {
        return guestCall.toBundle(bundlePath, entry, file);
    }

    @Override
    public boolean inJson() {
        return settings.json();
    }
}
