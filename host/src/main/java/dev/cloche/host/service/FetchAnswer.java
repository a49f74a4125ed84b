package dev.cloche.host.service;

import dev.cloche.host.call.Payload;
import dev.cloche.host.hostcall.JsonText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A response as it came in, whole.
record FetchAnswer(int status, String statusText, List<Map.Entry<String, String>> headers, Payload body) {

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
