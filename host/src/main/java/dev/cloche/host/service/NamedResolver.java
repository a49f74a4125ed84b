package dev.cloche.host.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/// Gives the client the addresses to dial, and only ones that may be dialled. There is no second look-up between the
/// check and the connection, so a name cannot mean one thing to the check and another to the connection.
final class NamedResolver implements SocketAddressResolver {
    static final String LOCALHOST = "localhost";

    private final NameLookup lookup;
    private final Executor executor;

    NamedResolver(NameLookup lookup, Executor executor) {
        this.lookup = lookup;
        this.executor = executor;
    }

    @Override
    public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        boolean named = context.get(Destination.CONTEXT_KEY) instanceof Destination destination
                && destination.getOrigin().getTag() == FetchRules.Reach.NAMED;
        try {
            executor.execute(() -> resolve(host, port, named, promise));
        } catch (RejectedExecutionException e) {
            promise.failed(new IOException("too many names are being looked up", e));
        }
    }

    private void resolve(String host, int port, boolean named, Promise<List<InetSocketAddress>> promise) {
        try {
            List<InetSocketAddress> addresses = addresses(host, named).stream()
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
            promise.succeeded(addresses);
        } catch (IOException | RuntimeException e) {
            promise.failed(e);
        }
    }

    private List<InetAddress> addresses(String host, boolean named) throws IOException {
        Optional<InetAddress> literal = FetchTarget.literal(host);
        if (named) {
            return literal.isPresent() ? List.of(literal.get()) : loopback(host);
        }
        List<InetAddress> all = literal.isPresent() ? List.of(literal.get()) : lookup.lookup(host);
        List<InetAddress> dialled =
                all.stream().filter(PublicAddresses::contains).toList();
        if (dialled.isEmpty()) {
            throw new NotPublicException(host);
        }
        return dialled;
    }

    // Without asking anyone: a name server must not decide what this machine is.
    private static List<InetAddress> loopback(String host) throws IOException {
        if (!host.equals(LOCALHOST)) {
            throw new NotPublicException(host);
        }
        return List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
    }

    /// The system's resolver.
    static List<InetAddress> system(String host) throws UnknownHostException {
        return Arrays.asList(InetAddress.getAllByName(host));
    }

    /// Finds the addresses of a name.
    @FunctionalInterface
    interface NameLookup {
        List<InetAddress> lookup(String host) throws UnknownHostException;
    }

    /// None of a host's addresses may be dialled.
    static final class NotPublicException extends IOException {
        private static final long serialVersionUID = 1L;

        NotPublicException(String host) {
            super("no public address, host=" + host);
        }
    }
}
