package dev.cloche.host.hostcall;

/// Carries out one operation. Safe for use by many threads.
@FunctionalInterface
public interface OpHandler {

    /// Carries the operation out and answers how it went.
    ///
    /// @throws InvalidRequestException if the request is not what the operation takes; the guest is told the message
    /// @throws InterruptedException if the thread was interrupted while it waited; the guest is told `cancelled`
    /// @throws Exception anything else is a fault of the host: it is logged, and the guest is told `internal`
    Outcome handle(Admitted hostcall) throws Exception;
}
