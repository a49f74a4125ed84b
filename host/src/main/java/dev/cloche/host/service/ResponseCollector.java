package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;

/// Gathers a response, up to its bound. Called by one thread at a time.
final class ResponseCollector implements Response.Listener {
    /// How large a response's body may be.
    static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

    private final CompletableFuture<FetchAnswer> answer = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    CompletableFuture<FetchAnswer> answer() {
        return answer;
    }

    @Override
    public void onHeaders(Response response) {
        boolean hasBody = !response.getRequest().getMethod().equals("HEAD");
        if (hasBody && response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH) > BODY_BYTES_MAX) {
            var _ = response.abort(new TooLargeException());
        }
    }

    @Override
    public void onContent(Response response, ByteBuffer content) {
        if (body.size() + content.remaining() > BODY_BYTES_MAX) {
            var _ = response.abort(new TooLargeException());
            return;
        }
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        body.writeBytes(bytes);
    }

    @Override
    public void onComplete(Result result) {
        if (result.isFailed()) {
            answer.completeExceptionally(result.getFailure());
            return;
        }
        answer.complete(FetchAnswer.of(result.getResponse(), Payload.wrap(body.toByteArray())));
    }

    /// The body is larger than it may be.
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException() {
            super("the response is too large, max=" + BODY_BYTES_MAX);
        }
    }
}
