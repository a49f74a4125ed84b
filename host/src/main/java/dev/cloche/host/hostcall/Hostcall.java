package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import java.util.Objects;

/// The envelope of one guest-to-host call.
///
/// @param frame the context of the call during which the guest asked
/// @param op the operation's name, for example `kv.get`
/// @param request the operation's parameters, JSON in UTF-8
public record Hostcall(Frame frame, String op, Payload request) {
    public Hostcall {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(op, "op");
        Objects.requireNonNull(request, "request");
    }
}
