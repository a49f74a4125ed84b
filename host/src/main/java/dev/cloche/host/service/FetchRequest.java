package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.JsonRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A request of `http.fetch`, taken out of its frame and checked.
///
/// ```
///  0            4                  4 + n
///  +------------+------------------+----------------
///  | n, u32 LE  | header, n bytes  | body ...
///  +------------+------------------+----------------
/// ```
record FetchRequest(FetchTarget target, String method, List<Map.Entry<String, String>> headers, Payload body) {
    /// How large the JSON header may be.
    static final int HEADER_BYTES_MAX = 64 * 1024;

    /// How large the body may be.
    static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

    static final int HEADER_FIELDS_MAX = 100;

    private static final String OP = "http.fetch";
    private static final int LENGTH_BYTES = 4;
    static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]{0,8192}");

    // Those that speak of the connection, of the message's length, or of whom it is for: they are the host's to write.
    private static final Set<String> HOSTS_OWN = Set.of(
            "accept-encoding",
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via");

    private static final String PROXY = "proxy-";
    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "x-api-key");
    private static final int MOVED_PERMANENTLY = 301;
    private static final int FOUND = 302;
    private static final int SEE_OTHER = 303;

    static FetchRequest of(Payload payload) {
        byte[] bytes = payload.unsafeBytes();
        int headerLength = headerLength(bytes);
        JsonRequest json = JsonRequest.read(
                OP,
                Payload.wrap(Arrays.copyOfRange(bytes, LENGTH_BYTES, LENGTH_BYTES + headerLength)),
                HEADER_BYTES_MAX,
                List.of("url", "method", "headers"));
        Payload body = Payload.wrap(Arrays.copyOfRange(bytes, LENGTH_BYTES + headerLength, bytes.length));
        String method = json.has("method") ? json.oneOf("method", METHODS) : "GET";
        String url = json.nonEmptyString("url", HEADER_BYTES_MAX);
        return of(method, url, json.pairs("headers", HEADER_FIELDS_MAX), body);
    }

    /// What is asked for, checked.
    static FetchRequest of(String method, String url, List<Map.Entry<String, String>> headers, Payload body) {
        FetchTarget target = FetchTarget.parse(url);
        headers.forEach(header -> check(header.getKey(), header.getValue()));
        checkBody(method, body);
        return new FetchRequest(target, method, headers, body);
    }

    private static int headerLength(byte[] bytes) {
        if (bytes.length < LENGTH_BYTES) {
            throw new InvalidRequestException(
                    OP + ": the request must begin with the length of its header in 4 bytes, bytes=" + bytes.length);
        }
        long length = Integer.toUnsignedLong(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt());
        if (length > HEADER_BYTES_MAX || length > bytes.length - LENGTH_BYTES) {
            throw new InvalidRequestException(OP + ": the header must lie within the request and have at most "
                    + HEADER_BYTES_MAX + " bytes, header=" + length + " request=" + bytes.length);
        }
        return (int) length;
    }

    private static void check(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidRequestException(
                    OP + ": a header's name must be an HTTP token, field=headers name=" + JsonRequest.shown(name));
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (HOSTS_OWN.contains(lower) || lower.startsWith(PROXY)) {
            throw new InvalidRequestException(
                    OP + ": this header is the host's to write; leave it out, field=headers name="
                            + JsonRequest.shown(name));
        }
        if (!VALUE.matcher(value).matches()) {
            throw new InvalidRequestException(
                    OP + ": a header's value must be Latin-1 without line breaks, at most 8192 characters,"
                            + " field=headers name=" + JsonRequest.shown(name));
        }
    }

    private static void checkBody(String method, Payload body) {
        if (body.size() > BODY_BYTES_MAX) {
            throw new InvalidRequestException(
                    OP + ": the body must have at most " + BODY_BYTES_MAX + " bytes, bytes=" + body.size());
        }
        if (body.size() > 0 && (method.equals("GET") || method.equals("HEAD"))) {
            throw new InvalidRequestException(
                    OP + ": a request of this method has no body, method=" + method + " bytes=" + body.size());
        }
    }

    /// Where it goes to.
    String url() {
        return target.uri().toString();
    }

    /// The request that follows a redirect: credentials stay behind where the origin changes, and the body where the
    /// method does.
    FetchRequest redirected(int status, FetchTarget next) {
        boolean get = (status == SEE_OTHER && !method.equals("HEAD"))
                || ((status == MOVED_PERMANENTLY || status == FOUND) && method.equals("POST"));
        boolean sameOrigin = target.origin().equals(next.origin());
        List<Map.Entry<String, String>> kept = headers.stream()
                .filter(header ->
                        sameOrigin || !CREDENTIALS.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .filter(header ->
                        !get || !header.getKey().toLowerCase(Locale.ROOT).startsWith("content-"))
                .toList();
        return new FetchRequest(next, get ? "GET" : method, kept, get ? Payload.EMPTY : body);
    }
}
