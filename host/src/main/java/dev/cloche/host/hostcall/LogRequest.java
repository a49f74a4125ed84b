package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import tools.jackson.databind.json.JsonMapper;

/// The request of the operation `log`, which engines make themselves for what a guest prints.
public final class LogRequest {
    public static final String OP = "log";

    private LogRequest() {}

    /// `{"level":…,"message":…}`
    public static Payload of(String level, String message) {
        JsonMapper mapper = JsonMapper.shared();
        return Payload.wrap(mapper.writeValueAsBytes(
                mapper.createObjectNode().put("level", level).put("message", message)));
    }
}
