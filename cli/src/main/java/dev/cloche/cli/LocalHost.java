package dev.cloche.cli;

import dev.cloche.host.ExtensionInfo;
import dev.cloche.host.Host;
import dev.cloche.host.HostControl;
import dev.cloche.host.bundle.Manifest;
import dev.cloche.host.call.Call;
import dev.cloche.host.call.Reply;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A host that is opened for one command.
final class LocalHost implements HostAccess {
    private final Host host;
    private final Consumer<Installed> loaded;

    /// @param loaded is told of a bundle that is loaded for a call
    LocalHost(Host host, Consumer<Installed> loaded) {
        this.host = host;
        this.loaded = loaded;
    }

    @Override
    public boolean live() {
        return false;
    }

    @Override
    public String ask(String op, String params) {
        return new HostControl(host).ask(op, params);
    }

    @Override
    public Optional<Installed> extension(String id) {
        return host.extension(id).map(LocalHost::installed);
    }

    private static Installed installed(ExtensionInfo extension) {
        Manifest manifest = extension.manifest();
        return new Installed(
                extension.id(),
                extension.tier(),
                manifest.contributes().entries(),
                List.copyOf(manifest.capabilities().keySet()));
    }

    @Override
    public Reply call(Call call) {
        return host.call(call);
    }

    @Override
    public Reply run(BundlePath bundle, Call call) {
        loaded.accept(installed(host.load(bundle.read())));
        return host.call(call);
    }

    @Override
    public void close() {
        host.close();
    }
}
