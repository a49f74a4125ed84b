package dev.cloche.bench;

import dev.cloche.host.Host;
import dev.cloche.host.HostConfig;
import dev.cloche.host.bundle.Bundle;

/// A host on a home of its own that is gone when it is closed.
final class BenchHost implements AutoCloseable {
    private final TemporaryFolder home;
    private final Host host;

    private BenchHost(TemporaryFolder home, Host host) {
        this.home = home;
        this.host = host;
    }

    static BenchHost open() {
        TemporaryFolder home = TemporaryFolder.make();
        return new BenchHost(home, Host.open(HostConfig.at(home.path())));
    }

    static BenchHost with(Bundle... bundles) {
        BenchHost bench = open();
        for (Bundle bundle : bundles) {
            var _ = bench.host.load(bundle);
        }
        return bench;
    }

    Host host() {
        return host;
    }

    @Override
    public void close() {
        host.close();
        home.close();
    }
}
