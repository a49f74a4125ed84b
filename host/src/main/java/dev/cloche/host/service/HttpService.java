package dev.cloche.host.service;

import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.DeniedCode;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// The operation `http.fetch`: a request to a host that policy names, and its response, whole. Each redirect is a new
/// request to policy and resolver.
final class HttpService implements AutoCloseable {
    /// How many redirects are followed.
    static final int REDIRECTS_MAX = 5;

    /// How long a request may take whatever its call's deadline is.
    static final long TIME_MAX_NANOS = TimeUnit.MINUTES.toNanos(2);

    // Left to the client to answer before this thread gives up by itself.
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final String OP = "http.fetch";
    private static final int CAUSES_MAX = 16;

    private final FetchClient client;
    private final FetchSlots slots = new FetchSlots();
    private final LongSupplier nanoClock;

    /// @param nanoClock the clock that deadlines of frames are on
    HttpService(NamedResolver.NameLookup lookup, LongSupplier nanoClock) {
        this.client = new FetchClient(lookup);
        this.nanoClock = nanoClock;
    }

    List<Op> ops() {
        return List.of(Op.blocking(
                        OP,
                        "http.fetch",
                        hostcall -> fetch(hostcall, FetchRequest.of(hostcall.request())),
                        hostcall -> fetch(hostcall, FetchCompat.read(hostcall.request())))
                .scoped(FetchRules::of));
    }

    private Outcome fetch(Admitted hostcall, FetchRequest request) throws InterruptedException {
        Optional<Denied> full = slots.enter(hostcall.extension());
        if (full.isPresent()) {
            return full.get();
        }
        try {
            return follow(hostcall, request);
        } finally {
            slots.leave(hostcall.extension());
        }
    }

    private Outcome follow(Admitted hostcall, FetchRequest first) throws InterruptedException {
        long now = nanoClock.getAsLong();
        long endNanos = now + Math.min(TIME_MAX_NANOS, hostcall.frame().deadlineNanos() - now);
        FetchRequest request = first;
        for (int redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
            switch (send(hostcall, request, endNanos)) {
                case Ended ended -> {
                    return ended.outcome;
                }
                case Moved moved -> request = moved.next;
            }
        }
        return new Failed(
                FailedCode.IO,
                "http.fetch: the server redirects too often, max=" + REDIRECTS_MAX + " host="
                        + request.target().host(),
                false);
    }

    private Step send(Admitted hostcall, FetchRequest request, long endNanos) throws InterruptedException {
        return switch (hostcall.scope(FetchRules.class).decide(request.method(), request.target())) {
            case FetchRules.Closed closed -> new Ended(closed.denied());
            case FetchRules.Open open -> {
                long leftNanos = endNanos - nanoClock.getAsLong();
                yield leftNanos <= 0
                        ? new Ended(timedOut(request))
                        : exchange(request, client.send(request, open.reach(), leftNanos), leftNanos);
            }
        };
    }

    private static Step exchange(FetchRequest request, FetchClient.Exchange exchange, long leftNanos)
            throws InterruptedException {
        try {
            return step(request, exchange.answer().get(leftNanos + GRACE_NANOS, TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            var _ = exchange.request().abort(e);
            throw e;
        } catch (TimeoutException e) {
            var _ = exchange.request().abort(e);
            return new Ended(timedOut(request));
        } catch (ExecutionException e) {
            return new Ended(failed(request, e));
        }
    }

    private static Step step(FetchRequest request, FetchAnswer answer) {
        Optional<String> location = answer.location();
        if (location.isEmpty()) {
            return new Ended(new Outcome.Ok(answer.framed(request.target().uri().toString())));
        }
        try {
            return new Moved(
                    request.redirected(answer.status(), request.target().resolve(location.get())));
        } catch (InvalidRequestException | IllegalArgumentException e) {
            return new Ended(new Failed(
                    FailedCode.IO, "http.fetch: the server redirects to what is no URL: " + e.getMessage(), false));
        }
    }

    private static Outcome timedOut(FetchRequest request) {
        return new Failed(
                FailedCode.TIMEOUT,
                "http.fetch: the call's time was up before the response, host="
                        + request.target().host(),
                true);
    }

    private static Outcome failed(FetchRequest request, Throwable failure) {
        Throwable cause = failure;
        // Bounded: a chain of causes may be a ring.
        for (int depth = 0; depth < CAUSES_MAX && cause != null; depth++, cause = cause.getCause()) {
            Optional<Outcome> known = known(request, cause);
            if (known.isPresent()) {
                return known.get();
            }
        }
        Throwable first = failure.getCause() == null ? failure : failure.getCause();
        return new Failed(
                FailedCode.IO,
                "http.fetch: "
                        + (first instanceof IOException ? String.valueOf(first.getMessage()) : "the exchange failed")
                        + ", host=" + request.target().host(),
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

    @Override
    public void close() {
        client.close();
    }

    /// What one exchange leads to.
    private sealed interface Step {}

    private record Ended(Outcome outcome) implements Step {}

    private record Moved(FetchRequest next) implements Step {}
}
