package dev.cloche.host.service;

import dev.cloche.host.service.FetchRules.Reach;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// The HTTP client of a host, started with its first request. It keeps nothing between requests but connections: no
/// cookies, no credentials; it follows no redirect, answers no challenge, uses no proxy and unpacks nothing.
final class FetchClient implements AutoCloseable {
    private static final int THREADS_MAX = 12;
    private static final int LOOKUP_THREADS = 4;
    private static final long CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final long IDLE_TIMEOUT_MILLIS = 30_000;
    private static final int HEADERS_BYTES_MAX = 64 * 1024;

    private final NamedResolver.NameLookup lookup;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private @Nullable HttpClient client;
    private @Nullable ThreadPoolExecutor lookups;
    private boolean closed;

    FetchClient(NamedResolver.NameLookup lookup) {
        this.lookup = lookup;
    }

    /// Sends one request, without following it anywhere.
    ///
    /// @param timeoutNanos from now until the last byte of the response
    Exchange send(FetchRequest request, Reach reach, long timeoutNanos) {
        ResponseCollector collector = new ResponseCollector();
        return new Exchange(send(request, reach, timeoutNanos, collector), collector.answer());
    }

    /// Sends one request, without following it anywhere.
    ///
    /// @param timeoutNanos from now until the last byte of the response
    /// @param listener is told of the response
    Request send(FetchRequest request, Reach reach, long timeoutNanos, Response.Listener listener) {
        Request sent = started()
                .newRequest(request.target().uri())
                .method(request.method())
                .tag(reach)
                .timeout(timeoutNanos, TimeUnit.NANOSECONDS)
                .headers(fields -> request.headers().forEach(header -> fields.add(header.getKey(), header.getValue())));
        if (request.body().size() > 0) {
            sent.body(new BytesRequestContent(request.body().unsafeBytes()));
        }
        sent.send(listener);
        return sent;
    }

    /// A request under way and its answer.
    record Exchange(Request request, CompletableFuture<FetchAnswer> answer) {}

    private HttpClient started() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the HTTP client is closed");
            }
            @Nullable HttpClient known = client;
            if (known == null) {
                known = start();
                client = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private HttpClient start() {
        ThreadPoolExecutor lookupThreads = new ThreadPoolExecutor(
                LOOKUP_THREADS,
                LOOKUP_THREADS,
                IDLE_TIMEOUT_MILLIS,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(HttpService.HOST_REQUESTS_MAX),
                Thread.ofPlatform().name("cloche-dns-", 0).daemon(true).factory());
        lookupThreads.allowCoreThreadTimeOut(true);
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX);
        threads.setName("cloche-http");
        threads.setDaemon(true);
        HttpClient made = new HttpClient(new HttpClientTransportOverHTTP(1));
        made.setExecutor(threads);
        made.setSocketAddressResolver(new NamedResolver(lookup, lookupThreads));
        made.setFollowRedirects(false);
        made.setHttpCookieStore(new HttpCookieStore.Empty());
        made.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "cloche"));
        made.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        made.setIdleTimeout(IDLE_TIMEOUT_MILLIS);
        made.setDestinationIdleTimeout(IDLE_TIMEOUT_MILLIS);
        made.setMaxConnectionsPerDestination(HttpService.EXTENSION_REQUESTS_MAX);
        made.setMaxRequestsQueuedPerDestination(HttpService.HOST_REQUESTS_MAX);
        made.setMaxResponseHeadersSize(HEADERS_BYTES_MAX);
        made.setRequestBufferSize(HEADERS_BYTES_MAX + FetchTarget.URL_CHARS_MAX);
        made.setMaxRequestHeadersSize(2 * HEADERS_BYTES_MAX);
        try {
            made.start();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client cannot be started: " + e.getMessage(), e);
        }
        // Both are filled by the start.
        made.getProtocolHandlers().clear();
        made.getContentDecoderFactories().clear();
        lookups = lookupThreads;
        return made;
    }

    /// Ends all requests and closes all connections. Idempotent.
    @Override
    public void close() {
        @Nullable HttpClient stopped;
        lock.lock();
        try {
            closed = true;
            stopped = client;
            client = null;
            if (lookups != null) {
                lookups.shutdownNow();
            }
        } finally {
            lock.unlock();
        }
        if (stopped != null) {
            try {
                stopped.stop();
            } catch (Exception e) {
                throw new IllegalStateException("the HTTP client cannot be stopped: " + e.getMessage(), e);
            }
        }
    }
}
