package dev.cloche.host.bundle;

import java.util.Objects;

/// One thing that is wrong with a bundle.
///
/// @param pointer where: an RFC 6901 pointer into the manifest (empty for the whole of it), or `file:` and a path
/// @param message what is wrong
/// @param hint what to write or do instead
public record Violation(String pointer, String message, String hint) {
    public Violation {
        Objects.requireNonNull(pointer, "pointer");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(hint, "hint");
    }

    @Override
    public String toString() {
        return (pointer.isEmpty() ? "(manifest)" : pointer) + ": " + message + "; " + hint;
    }
}
