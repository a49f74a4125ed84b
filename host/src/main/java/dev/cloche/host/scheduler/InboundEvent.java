package dev.cloche.host.scheduler;

import dev.cloche.host.call.Payload;
import java.util.Objects;

/// Something that happened outside and that a script is told of while a call runs.
///
/// @param name what happened, for example `published`
/// @param source who says so: an extension's id, or the host's own name
/// @param payload the value that comes with it, JSON in UTF-8
public record InboundEvent(String name, String source, Payload payload) {
    public InboundEvent {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(payload, "payload");
    }
}
