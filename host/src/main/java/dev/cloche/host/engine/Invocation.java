package dev.cloche.host.engine;

import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import java.util.Objects;

/// One call as an isolate sees it.
///
/// @param fuel the work it may do, in units
public record Invocation(Frame frame, Payload payload, long fuel) {
    public Invocation {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(payload, "payload");
    }
}
