package dev.cloche.host.call;

import java.util.Objects;

/// A host-to-guest call: which extension, which of its entries, with what payload.
///
/// @param extension the extension's id, which is the name in its manifest
public record Call(String extension, Entry entry, Payload payload, CallOptions options) {
    public Call {
        Objects.requireNonNull(extension, "extension");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(options, "options");
    }

    public static Call of(String extension, Entry entry, Payload payload) {
        return new Call(extension, entry, payload, CallOptions.DEFAULT);
    }

    public Call withOptions(CallOptions options) {
        return new Call(extension, entry, payload, options);
    }
}
