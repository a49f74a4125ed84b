package dev.cloche.host.engine;

import dev.cloche.host.call.TrapKind;

/// Unwinds a guest that broke a rule of its ABI. Thrown by host functions; carries no stack trace.
public final class GuestFaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final TrapKind kind;
    private final String text;

    public GuestFaultException(TrapKind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.text = message;
    }

    public TrapKind kind() {
        return kind;
    }

    @Override
    public String getMessage() {
        return text;
    }
}
