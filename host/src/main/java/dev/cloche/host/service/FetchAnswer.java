package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.JsonText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpField;

/// A response as it came in: its head, and all of its body or nothing of it.
record FetchAnswer(int status, String statusText, List<Map.Entry<String, String>> headers, Payload body) {

    /// A response whose body is not looked at.
    static FetchAnswer head(Response response) {
        return of(response, Payload.EMPTY);
    }

    static FetchAnswer of(Response response, Payload body) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (HttpField field : response.getHeaders()) {
            headers.add(Map.entry(field.getName(), Objects.requireNonNullElse(field.getValue(), "")));
        }
        return new FetchAnswer(
                response.getStatus(), Objects.requireNonNullElse(response.getReason(), ""), List.copyOf(headers), body);
    }

    /// Where it sends the client to, if it does.
    Optional<String> location() {
        return switch (status) {
            case 301, 302, 303, 307, 308 ->
                headers.stream()
                        .filter(header -> header.getKey().equalsIgnoreCase("Location"))
                        .map(Map.Entry::getValue)
                        .findFirst();
            default -> Optional.empty();
        };
    }

    /// The answer in the frame of `http.fetch`.
    ///
    /// @param url where it came from, after redirects
    Payload framed(String url) {
        String pairs = headers.stream()
                .map(header -> "[" + JsonText.quoted(header.getKey()) + "," + JsonText.quoted(header.getValue()) + "]")
                .collect(Collectors.joining(","));
        byte[] header = ("{\"status\":" + status + ",\"statusText\":" + JsonText.quoted(statusText) + ",\"url\":"
                        + JsonText.quoted(url) + ",\"headers\":[" + pairs + "]}")
                .getBytes(StandardCharsets.UTF_8);
        return Payload.wrap(ByteBuffer.allocate(Integer.BYTES + header.length + body.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(header.length)
                .put(header)
                .put(body.unsafeBytes())
                .array());
    }
}
