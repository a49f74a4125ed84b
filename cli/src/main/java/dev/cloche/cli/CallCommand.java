package dev.cloche.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Calls an entry of an extension that is installed.
@Command(
        name = "call",
        description = "Calls an entry of an installed extension.",
        footer = {
            "  cloche call markdown render README.md",
            "  cloche call word-filter tool:word_count --input '{\"text\": \"one two\"}' --json",
            "  cloche call ./guests/hash command:sha256 some.iso"
        })
final class CallCommand implements Callable<Integer>, JsonReplies {
    /// What an extension's id looks like. Anything else is the path of a bundle.
    private static final Pattern ID = Pattern.compile("[a-z0-9-]+");

    private final GuestCall guestCall;

    @Parameters(
            index = "0",
            paramLabel = "EXT",
            description = "The extension's id, or the path of a bundle; write ./NAME for one in the current folder.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String extension;

    @Parameters(
            index = "1",
            paramLabel = "ENTRY",
            description = "The entry to call, as kind:name, or as a name that only one entry has.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before the call
    private String entry;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "The payload; - for standard input, which is also read if it is not a terminal and no payload is"
                            + " given.")
    private @Nullable String file;

    @Mixin
    private final HostOptions hostOptions = new HostOptions();

    @Mixin
    private final CallSettings settings = new CallSettings();

    CallCommand(Terminal terminal, Verbosity verbosity) {
        this.guestCall = new GuestCall(terminal, verbosity, hostOptions, settings);
    }

    @Override
    public Integer call() {
        return ID.matcher(extension).matches()
                ? guestCall.toExtension(extension, entry, file)
                : guestCall.toBundle(Path.of(extension), entry, file);
    }

    @Override
    public boolean inJson() {
        return settings.json();
    }
}
