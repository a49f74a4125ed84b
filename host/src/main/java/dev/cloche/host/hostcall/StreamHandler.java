package dev.cloche.host.hostcall;

/// Carries out one operation whose answer comes in parts. Safe for use by many threads.
@FunctionalInterface
public interface StreamHandler {

    /// Carries the operation out. All parts together are what [OpHandler#handle] answers to the same request.
    ///
    /// @param sink takes all parts but the last
    /// @return the last part, as [Outcome.Ok], or how it went wrong
    /// @throws InvalidRequestException if the request is not what the operation takes; the guest is told the message
    /// @throws InterruptedException if the thread was interrupted while it waited; the guest is told `cancelled`
    /// @throws Exception anything else is a fault of the host: it is logged, and the guest is told `internal`
    Outcome handle(Admitted hostcall, ChunkSink sink) throws Exception;
}
