package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.ChunkSink;
import dev.cloche.host.hostcall.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;

/// A response of `http.fetch` in parts: what the server has sent so far is passed on, and the server is read no faster
/// than the guest reads. Confined to the thread that carries the operation out.
final class FetchStream {
    private final FetchClient client;
    private final ChunkSink sink;
    private final LongSupplier nanoClock;
    private long endNanos;

    /// @param nanoClock the clock that deadlines of frames are on
    FetchStream(FetchClient client, ChunkSink sink, LongSupplier nanoClock) {
        this.client = client;
        this.sink = sink;
        this.nanoClock = nanoClock;
    }

    FetchStep exchange(FetchRequest request, FetchRules.Reach reach, long leftNanos)
            throws InterruptedException, TimeoutException, ExecutionException, IOException {
        endNanos = nanoClock.getAsLong() + leftNanos;
        InputStreamResponseListener listener = new InputStreamResponseListener();
        Request sent = client.send(request, reach, leftNanos, listener);
        try (InputStream body = listener.getInputStream()) {
            FetchAnswer head =
                    FetchAnswer.head(listener.get(leftNanos + HttpService.GRACE_NANOS, TimeUnit.NANOSECONDS));
            Optional<FetchStep> moved = FetchStep.moved(request, head);
            if (moved.isPresent()) {
                return moved.get();
            }
            sendHead(head.framed(request.url()));
            sendBody(body);
            return new FetchStep.Ended(new Outcome.Ok(Payload.EMPTY));
        } catch (InterruptedIOException e) {
            InterruptedException interrupted = new InterruptedException("the response was not awaited to its end");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            // A stream that is closed gives the exchange up once the server sends more, which it may never do. One that
            // is over does not hear of this.
            var _ = sent.abort(new CancellationException("the response was not read to its end"));
        }
    }

    private void sendHead(Payload head) throws InterruptedException, TimeoutException {
        byte[] bytes = head.unsafeBytes();
        for (int at = 0; at < bytes.length; at += ChunkSink.CHUNK_BYTES_MAX) {
            int end = Math.min(bytes.length, at + ChunkSink.CHUNK_BYTES_MAX);
            send(Arrays.copyOfRange(bytes, at, end));
        }
    }

    private void sendBody(InputStream body) throws InterruptedException, TimeoutException, IOException {
        byte[] buffer = new byte[ChunkSink.CHUNK_BYTES_MAX];
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            send(Arrays.copyOf(buffer, read));
        }
    }

    /// A guest that does not read has no more time than a server that does not send.
    private void send(byte[] part) throws InterruptedException, TimeoutException {
        sink.send(Payload.wrap(part), endNanos - nanoClock.getAsLong());
    }
}
