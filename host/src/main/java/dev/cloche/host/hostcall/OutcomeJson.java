package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How an outcome other than `Ok` is told to a guest: JSON with `code` and `message`, and `details` or `retryable`.
public final class OutcomeJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private OutcomeJson() {}

    /// `{"code":…,"message":…,"details":{…}}`, the details in order of their names.
    public static Payload of(Outcome.Denied denied) {
        ObjectNode node = node(denied.code().label(), denied.message());
        ObjectNode details = node.putObject("details");
        new TreeMap<>(denied.details()).forEach(details::put);
        return Payload.wrap(MAPPER.writeValueAsBytes(node));
    }

    /// `{"code":…,"message":…,"retryable":…}`
    public static Payload of(Outcome.Failed failed) {
        ObjectNode node = node(failed.code().label(), failed.message());
        node.put("retryable", failed.retryable());
        return Payload.wrap(MAPPER.writeValueAsBytes(node));
    }

    private static ObjectNode node(String code, String message) {
        return MAPPER.createObjectNode().put("code", code).put("message", message);
    }
}
