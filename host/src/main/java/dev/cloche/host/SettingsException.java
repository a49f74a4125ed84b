package dev.cloche.host;

/// A home's `settings.json` that cannot be used. The message names the file, the key and what it takes.
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SettingsException(String message) {
        super(message);
    }
}
