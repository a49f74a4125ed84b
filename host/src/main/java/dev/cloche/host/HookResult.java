package dev.cloche.host;

import dev.cloche.host.call.Payload;
import dev.cloche.host.call.Reply;
import java.util.List;

/// How a hook went over all extensions that take part in it.
///
/// @param completed false if a filter with failure policy `fail` ended the chain
/// @param value the value after the last filter that succeeded; the value given, where there was none
/// @param failures what went wrong, in order; a filter with policy `skip` and an action appear here too
public record HookResult(boolean completed, Payload value, List<Failure> failures) {
    public HookResult {
        failures = List.copyOf(failures);
    }

    /// One step that was not answered.
    public record Failure(String extension, Reply reply) {}
}
