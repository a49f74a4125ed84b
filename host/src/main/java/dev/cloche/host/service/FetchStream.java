package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.ChunkSink;
import dev.cloche.host.hostcall.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.InputStreamResponseListener;

/// A response of `http.fetch` in parts: what the server has sent so far is passed on, and the server is read no faster
/// than the guest reads. Confined to the thread that carries the operation out.
final class FetchStream {
    private final FetchClient client;
    private final ChunkSink sink;

    FetchStream(FetchClient client, ChunkSink sink) {
        this.client = client;
        this.sink = sink;
    }

    FetchStep exchange(FetchRequest request, FetchRules.Reach reach, long leftNanos)
            throws InterruptedException, TimeoutException, ExecutionException, IOException {
        InputStreamResponseListener listener = new InputStreamResponseListener();
        client.send(request, reach, leftNanos, listener);
        // Closed before its end it gives the exchange up.
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
        }
    }

    private void sendHead(Payload head) throws InterruptedException {
        byte[] bytes = head.unsafeBytes();
        for (int at = 0; at < bytes.length; at += ChunkSink.CHUNK_BYTES_MAX) {
            int end = Math.min(bytes.length, at + ChunkSink.CHUNK_BYTES_MAX);
            sink.send(Payload.wrap(Arrays.copyOfRange(bytes, at, end)));
        }
    }

    private void sendBody(InputStream body) throws InterruptedException, IOException {
        byte[] buffer = new byte[ChunkSink.CHUNK_BYTES_MAX];
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            sink.send(Payload.wrap(Arrays.copyOf(buffer, read)));
        }
    }
}
