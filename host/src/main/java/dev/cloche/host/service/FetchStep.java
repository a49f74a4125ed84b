package dev.cloche.host.service;

import dev.cloche.host.hostcall.InvalidRequestException;
import dev.cloche.host.hostcall.Outcome;
import dev.cloche.host.hostcall.Outcome.Failed;
import dev.cloche.host.hostcall.Outcome.FailedCode;
import java.util.Optional;

/// What one request of `http.fetch` leads to.
sealed interface FetchStep {
    /// The hostcall is over.
    record Ended(Outcome outcome) implements FetchStep {}

    /// The server sends the client somewhere else.
    record Moved(FetchRequest next) implements FetchStep {}

    /// Where the server sends the client to; empty if it does not.
    static Optional<FetchStep> moved(FetchRequest request, FetchAnswer answer) {
        return answer.location().map(location -> moved(request, answer.status(), location));
    }

    private static FetchStep moved(FetchRequest request, int status, String location) {
        try {
            return new Moved(request.redirected(status, request.target().resolve(location)));
        } catch (InvalidRequestException | IllegalArgumentException e) {
            return new Ended(new Failed(
                    FailedCode.IO, "http.fetch: the server redirects to what is no URL: " + e.getMessage(), false));
        }
    }
}
