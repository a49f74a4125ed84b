package dev.cloche.cli;

import dev.cloche.host.bundle.Bundle;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import dev.cloche.host.call.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One call from the command line, from its options to its exit status.
///
/// The payload is read before the host is opened and the reply is printed after it is closed: in a pipeline of several
/// calls on one home, each waits for its input, and none may hold the home's lock meanwhile.
final class GuestCall {
    /// The tier of code that runs as fast as it can.
    private static final String COMPILED = "compiled";

    private final Terminal terminal;
    private final Verbosity verbosity;
    private final HostOptions hostOptions;
    private final CallSettings settings;

    GuestCall(Terminal terminal, Verbosity verbosity, HostOptions hostOptions, CallSettings settings) {
        this.terminal = terminal;
        this.verbosity = verbosity;
        this.hostOptions = hostOptions;
        this.settings = settings;
    }

    /// Calls a bundle that is loaded for this call alone.
    ///
    /// @param entryName the entry's name as the user wrote it, or null for the first command
    /// @return the exit status
    int toBundle(Path path, @Nullable String entryName, @Nullable String file) {
        BundlePath bundlePath = new BundlePath(path);
        Bundle bundle = bundlePath.read();
        Manifest manifest = bundle.manifest();
        EntryResolver entries = new EntryResolver(manifest);
        Entry entry = entryName == null ? entries.first() : entries.named(entryName);
        settings.warnOfIdleGrants(manifest.name(), manifest.capabilities().keySet(), terminal);
        Meter meter = new Meter();
        Call call = callOf(manifest.name(), entry, settings.payload(file, terminal), meter);
        Reply reply = onHome(manifest.name(), access -> access.run(bundlePath, call));
        return print(call, reply, meter.usage);
    }

    /// Calls an extension that is installed in the home.
    ///
    /// @return the exit status
    int toExtension(String id, String entryName, @Nullable String file) {
        Payload payload = settings.payload(file, terminal);
        Meter meter = new Meter();
        Answered answered = onHome(id, access -> {
            Call call = callOf(id, entryOf(access, id, entryName), payload, meter);
            return new Answered(call, access.call(call));
        });
        return print(answered.call(), answered.reply(), meter.usage);
    }

    private record Answered(Call call, Reply reply) {}

    private <T> T onHome(String extension, Function<HostAccess, T> work) {
        return hostOptions.onHome(
                () -> settings.configured(hostOptions.config(terminal), extension), this::warnOfSlowTier, access -> {
                    List<String> impossible = settings.ofOwnHost();
                    if (access.live() && !impossible.isEmpty()) {
                        throw LiveHost.decides(impossible);
                    }
                    return work.apply(access);
                });
    }

    /// Remembers what the call used; nothing if it never came to the guest.
    private static final class Meter implements Consumer<Usage> {
        private @Nullable Usage usage;

        @Override
        public void accept(Usage used) {
            usage = used;
        }
    }

    private Entry entryOf(HostAccess access, String id, String entryName) {
        Optional<HostAccess.Installed> installed = access.extension(id);
        installed.ifPresent(extension -> {
            settings.warnOfIdleGrants(id, extension.capabilities(), terminal);
            warnOfSlowTier(extension);
        });
        return installed
                .map(extension -> new EntryResolver(id, extension.entries()).named(entryName))
                .orElseGet(() -> entryOfUnknown(entryName));
    }

    private void warnOfSlowTier(HostAccess.Installed extension) {
        if (!extension.tier().equals(COMPILED)) {
            terminal.errorLine(ErrorReporter.PREFIX + extension.id() + " may run slowly, since it is "
                    + PlainText.line(extension.tier()));
        }
    }

    /// The host answers that there is no such extension; until then any entry will do.
    private static Entry entryOfUnknown(String name) {
        try {
            return name.contains(":") ? Entry.parse(name) : Entry.command(name);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private Call callOf(String extension, Entry entry, Payload payload, Meter meter) {
        return Call.of(extension, entry, payload).withOptions(settings.options().withMeter(meter));
    }

    private int print(Call call, Reply reply, @Nullable Usage usage) {
        ReplyPrinter printer = new ReplyPrinter(terminal, verbosity.verbose());
        int status = settings.json()
                ? printer.printJson(call, reply, settings.usage() ? usage : null)
                : printer.print(call, reply);
        if (settings.usage() && !settings.json()) {
            printer.printUsage(usage);
        }
        return status;
    }
}
