package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The envelope of one guest-to-host call.
///
/// @param frame the context of the call during which the guest asked
/// @param op the operation, for example `kv.get`
/// @param request the operation's parameters
/// @param format how to read them
/// @param streamed whether the guest takes the answer in parts, if the operation can answer so
/// @param events where the guest takes events; null for one that has no event loop
public record Hostcall(
        Frame frame,
        OpRef op,
        Payload request,
        Format format,
        boolean streamed,
        @Nullable EventSink events) {
    public Hostcall {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(op, "op");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(format, "format");
    }

    /// One whose request is JSON.
    public Hostcall(Frame frame, OpRef op, Payload request) {
        this(frame, op, request, Format.JSON);
    }

    /// One whose answer is to come whole.
    public Hostcall(Frame frame, OpRef op, Payload request, Format format) {
        this(frame, op, request, format, false, null);
    }
}
