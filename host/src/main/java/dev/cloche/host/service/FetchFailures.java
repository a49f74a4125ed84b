package dev.cloche.host.service;

import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What requests of `http.fetch` come to that fail.
final class FetchFailures {
    private static final Logger LOG = LoggerFactory.getLogger(FetchFailures.class);
    private static final int CAUSES_MAX = 16;

    private FetchFailures() {}

    static Outcome timedOut(FetchRequest request) {
        return new Failed(
                FailedCode.TIMEOUT,
                "http.fetch: the call's time was up before the response, host="
                        + request.target().host(),
                true);
    }

    /// What the guest is told of a failure: what it is, and nothing of the client's own, whose messages name addresses
    /// and parts of this process.
    static Outcome of(FetchRequest request, Throwable failure) {
        Throwable cause = failure;
        // Bounded: a chain of causes may be a ring.
        for (int depth = 0; depth < CAUSES_MAX && cause != null; depth++, cause = cause.getCause()) {
            Optional<Outcome> known = known(request, cause);
            if (known.isPresent()) {
                return known.get();
            }
        }
        LOG.debug("http.fetch: the exchange failed, host={}", request.target().host(), failure);
        return io(request, "the exchange failed");
    }

    private static Failed io(FetchRequest request, String what) {
        return new Failed(
                FailedCode.IO,
                "http.fetch: " + what + ", host=" + request.target().host(),
                true);
    }

    private static Optional<Outcome> known(FetchRequest request, Throwable cause) {
        return Optional.ofNullable(
                switch (cause) {
                    case NamedResolver.NotPublicException _ -> FetchRules.notPublic(request.target());
                    case ResponseCollector.TooLargeException _ ->
                        new Denied(
                                DeniedCode.QUOTA,
                                "http.fetch: the response's body is too large, max="
                                        + ResponseCollector.BODY_BYTES_MAX + " host="
                                        + request.target().host(),
                                Map.of(
                                        "limit",
                                        "response_bytes",
                                        "max",
                                        Integer.toString(ResponseCollector.BODY_BYTES_MAX)));
                    case UnknownHostException _ ->
                        new Failed(
                                FailedCode.NOT_FOUND,
                                "http.fetch: there is no host of this name, host="
                                        + request.target().host(),
                                true);
                    case ConnectException _, NoRouteToHostException _ -> io(request, "the host cannot be reached");
                    case SSLException _ -> io(request, "no secure connection could be made");
                    case EOFException _, ClosedChannelException _ ->
                        io(request, "the server closed the connection before the response ended");
                    case TimeoutException _ -> timedOut(request);
                    case CancellationException _ ->
                        new Failed(FailedCode.CANCELLED, "http.fetch: the request was cancelled", false);
                    case RejectedExecutionException _ ->
                        new Denied(
                                DeniedCode.BACKPRESSURE,
                                "http.fetch: too many requests to this host are waiting, host="
                                        + request.target().host(),
                                Map.of("lane", request.target().host()));
                    default -> null;
                });
    }
}
