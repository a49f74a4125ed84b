package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.CompatRequest;
import dev.cloche.host.hostcall.CompatText;
import dev.cloche.host.hostcall.InvalidRequestException;
import java.util.Arrays;
import java.util.List;

/// Requests of `http.fetch` as the compat lane reads them.
final class FetchCompat {
    private static final String OP = "http.fetch";
    private static final int LENGTH_BYTES = 4;

    private FetchCompat() {}

    static FetchRequest read(Payload request) {
        int length = CompatText.length(OP, request, 0);
        if (length > FetchRequest.HEADER_BYTES_MAX) {
            throw new InvalidRequestException(
                    OP + ": the header is too large, max=" + FetchRequest.HEADER_BYTES_MAX + " header=" + length);
        }
        byte[] bytes = request.unsafeBytes();
        byte[] header = Arrays.copyOfRange(bytes, LENGTH_BYTES, LENGTH_BYTES + length);
        CompatRequest fields = CompatRequest.read(
                OP, Payload.wrap(header), FetchRequest.HEADER_BYTES_MAX, List.of("url", "method", "headers"));
        return FetchRequest.of(
                fields.has("method") ? fields.oneOf("method", FetchRequest.METHODS) : "GET",
                fields.string("url", 1, FetchRequest.HEADER_BYTES_MAX),
                fields.pairs("headers", FetchRequest.HEADER_FIELDS_MAX),
                Payload.wrap(Arrays.copyOfRange(bytes, LENGTH_BYTES + length, bytes.length)));
    }
}
