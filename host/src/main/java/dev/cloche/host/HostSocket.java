package dev.cloche.host;

import dev.cloche.host.control.ControlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The Unix domain socket `host.sock` in a host's home, through which its owner's commands speak to it
/// (`docs/operations.md`). The home's lock is taken with it.
///
/// ```
/// try (Host host = Host.open(config); HostSocket socket = HostSocket.open(host)) {
///     socket.awaitShutdown();
/// }
/// ```
///
/// To end: close this, which waits for what was asked, and the host then. Safe for use by many threads.
public final class HostSocket implements AutoCloseable {
    /// How long [#close] waits for what was asked before.
    public static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final ControlServer server;

    private HostSocket(Host host) {
        this.server = ControlServer.open(
                host.parts().hold(),
                new HostControl(host, shutdown::countDown),
                HostVersion.RELEASE,
                host.parts().engines().clocks().nanoClock());
    }

    /// Listens in the host's home.
    ///
    /// @throws IllegalStateException if the home cannot be used, for example because another host holds it
    /// @throws dev.cloche.host.control.ControlException if the socket cannot be made there
    public static HostSocket open(Host host) {
        return new HostSocket(host);
    }

    /// Where it listens.
    public Path path() {
        return server.socket();
    }

    /// Waits until somebody asks for a shutdown, at the socket or by [#shutdown].
    public void awaitShutdown() throws InterruptedException {
        shutdown.await();
    }

    /// The same, for a bounded time.
    ///
    /// @return whether it was asked for
    public boolean awaitShutdown(Duration timeout) throws InterruptedException {
        return shutdown.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Asks for a shutdown. Ends nothing by itself.
    public void shutdown() {
        shutdown.countDown();
    }

    /// Takes nothing more, removes the socket, and waits for what was asked before, up to [#DRAIN_TIMEOUT]. Idempotent.
    @Override
    public void close() {
        shutdown.countDown();
        server.stop();
        var _ = server.awaitAnswered(DRAIN_TIMEOUT);
        server.close();
    }
}
