package dev.cloche.host.hostcall;

import dev.cloche.host.call.Payload;
import dev.cloche.host.frame.Frame;
import dev.cloche.host.policy.Decision;
import org.jspecify.annotations.Nullable;

/// A hostcall that has passed policy and quota, as a service sees it.
///
/// @param extension the extension whose port it came through; a service goes by this and by nothing the guest says
/// @param format how to read the request, and how to write the answer
/// @param allowed the decision that let it through, with the parameters that the service has to hold to
/// @param scope what the operation has made of that decision
/// @param events where the guest takes events; null for one that has no event loop
public record Admitted(
        String extension,
        Frame frame,
        Payload request,
        Format format,
        Decision.Allowed allowed,
        Object scope,
        @Nullable EventSink events) {

    /// What the operation has made of the decision.
    public <T> T scope(Class<T> type) {
        return type.cast(scope);
    }
}
