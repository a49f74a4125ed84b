package dev.cloche.host.engine.script;

import java.nio.charset.StandardCharsets;

/// An error as the prelude describes it to the host: code, message and stack, joined by NUL.
record GuestErrorText(String code, String message, String stack) {
    private static final int CODE_CHARS_MAX = 64;

    static GuestErrorText parse(byte[] utf8) {
        String[] parts = new String(utf8, StandardCharsets.UTF_8).split("\0", 3);
        String code = parts[0].length() > CODE_CHARS_MAX ? parts[0].substring(0, CODE_CHARS_MAX) : parts[0];
        return new GuestErrorText(code, parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    static GuestErrorText of(ScriptException thrown) {
        return new GuestErrorText(thrown.name(), thrown.text(), thrown.guestStack());
    }

    /// QuickJS throws this when its heap limit is reached; a script may catch it and go on.
    boolean isOutOfMemory() {
        return code.equals("InternalError") && message.equals("out of memory");
    }
}
