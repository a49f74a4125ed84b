package dev.cloche.host;

import dev.cloche.host.call.Call;
import dev.cloche.host.call.Entry;
import dev.cloche.host.call.Payload;
import java.nio.file.Path;

/// A process that makes one call on a host with defaults.
final class PlainHostChild {
    private PlainHostChild() {}

    public static void main(String[] args) {
        try (Host host = Host.open(HostConfig.at(Path.of(args[0])))) {
            host.load(Bundles.script("cloche.command('main', (text) => text)"));
            host.call(Call.of("test", Entry.command("main"), Payload.text("hear")));
        }
    }
}
