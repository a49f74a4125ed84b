package dev.cloche.host.engine.script;

/// Something that JavaScript code threw and did not catch.
final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String text;
    private final String guestStack;

    ScriptException(String name, String message, String guestStack) {
        super(name + ": " + message, null, false, false);
        this.name = name;
        this.text = message;
        this.guestStack = guestStack;
    }

    /// The error's `name`.
    String name() {
        return name;
    }

    /// The error's `message`.
    String text() {
        return text;
    }

    /// The error's `stack` as QuickJS wrote it.
    String guestStack() {
        return guestStack;
    }
}
