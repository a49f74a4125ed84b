package dev.cloche.host.hostcall;

/// A request that does not fit its operation. The message is for the guest's author: operation, field, expected form.
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        // The guest's fault, told to the guest: nobody reads a stack of the host's.
        super(message, null, false, false);
    }
}
