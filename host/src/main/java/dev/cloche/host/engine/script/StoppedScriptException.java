package dev.cloche.host.engine.script;

/// What unwound a script that was to stop, with where it was.
final class StoppedScriptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RuntimeException reason;
    private final String guestStack;

    StoppedScriptException(RuntimeException reason, String guestStack) {
        super(reason.getMessage(), reason, false, false);
        this.reason = reason;
        this.guestStack = guestStack;
    }

    RuntimeException reason() {
        return reason;
    }

    /// The script's stack as QuickJS wrote it.
    String guestStack() {
        return guestStack;
    }
}
