package dev.cloche.host.service;

import dev.cloche.host.hostcall.Admitted;
import dev.cloche.host.hostcall.Op;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Denied;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// The operation `http.fetch`: a request to a host that policy names, and its response, whole or in parts. Each
/// redirect is a new request to policy and resolver.
final class HttpService implements AutoCloseable {
    /// How many redirects are followed.
    static final int REDIRECTS_MAX = 5;

    /// How long a request may take whatever its call's deadline is.
    static final long TIME_MAX_NANOS = TimeUnit.MINUTES.toNanos(2);

    /// How many requests may be out at the same time.
    static final int HOST_REQUESTS_MAX = 64;

    static final int EXTENSION_REQUESTS_MAX = 16;

    /// Left to the client to answer before whoever waits gives up by itself.
    static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final String OP = "http.fetch";

    private final FetchClient client;
    private final TransferSlots slots =
            new TransferSlots("http.fetch: too many requests are out", EXTENSION_REQUESTS_MAX, HOST_REQUESTS_MAX);
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
                        hostcall -> fetch(hostcall, FetchRequest.of(hostcall.request()), this::whole),
                        hostcall -> fetch(hostcall, FetchCompat.read(hostcall.request()), this::whole))
                .inParts((hostcall, sink) -> fetch(
                        hostcall,
                        FetchRequest.of(hostcall.request()),
                        new FetchStream(client, sink, nanoClock)::exchange))
                .scoped(FetchRules::of));
    }

    /// How one request and its response go: whole or in parts.
    @FunctionalInterface
    private interface Transfer {
        /// @param leftNanos until the last byte of the response
        /// @return where the server sends the client to, or what the hostcall comes to
        FetchStep exchange(FetchRequest request, FetchRules.Reach reach, long leftNanos)
                throws InterruptedException, TimeoutException, ExecutionException, IOException;
    }

    private Outcome fetch(Admitted hostcall, FetchRequest request, Transfer transfer) throws InterruptedException {
        Optional<Denied> full = slots.enter(hostcall.extension());
        if (full.isPresent()) {
            return full.get();
        }
        try {
            return follow(hostcall, request, transfer);
        } finally {
            slots.leave(hostcall.extension());
        }
    }

    private Outcome follow(Admitted hostcall, FetchRequest first, Transfer transfer) throws InterruptedException {
        long now = nanoClock.getAsLong();
        long endNanos = now + Math.min(TIME_MAX_NANOS, hostcall.frame().deadlineNanos() - now);
        FetchRequest request = first;
        for (int redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
            switch (send(hostcall, request, endNanos, transfer)) {
                case FetchStep.Ended ended -> {
                    return ended.outcome();
                }
                case FetchStep.Moved moved -> request = moved.next();
            }
        }
        return new Failed(
                FailedCode.IO,
                "http.fetch: the server redirects too often, max=" + REDIRECTS_MAX + " host="
                        + request.target().host(),
                false);
    }

    private FetchStep send(Admitted hostcall, FetchRequest request, long endNanos, Transfer transfer)
            throws InterruptedException {
        return switch (hostcall.scope(FetchRules.class).decide(request.method(), request.target())) {
            case FetchRules.Closed closed -> new FetchStep.Ended(closed.denied());
            case FetchRules.Open open -> {
                long leftNanos = endNanos - nanoClock.getAsLong();
                yield leftNanos <= 0
                        ? new FetchStep.Ended(FetchFailures.timedOut(request))
                        : exchange(request, open.reach(), leftNanos, transfer);
            }
        };
    }

    private static FetchStep exchange(FetchRequest request, FetchRules.Reach reach, long leftNanos, Transfer transfer)
            throws InterruptedException {
        try {
            return transfer.exchange(request, reach, leftNanos);
        } catch (TimeoutException e) {
            return new FetchStep.Ended(FetchFailures.timedOut(request));
        } catch (ExecutionException | IOException e) {
            return new FetchStep.Ended(FetchFailures.of(request, e));
        }
    }

    private FetchStep whole(FetchRequest request, FetchRules.Reach reach, long leftNanos)
            throws InterruptedException, TimeoutException, ExecutionException {
        FetchClient.Exchange exchange = client.send(request, reach, leftNanos);
        try {
            FetchAnswer answer = exchange.answer().get(leftNanos + GRACE_NANOS, TimeUnit.NANOSECONDS);
            return FetchStep.moved(request, answer)
                    .orElseGet(() -> new FetchStep.Ended(new Outcome.Ok(answer.framed(request.url()))));
        } catch (InterruptedException | TimeoutException e) {
            var _ = exchange.request().abort(e);
            throw e;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
