package dev.cloche.host.hostcall;

/// How the bytes of a request, and of the answer to it, are to be read.
public enum Format {
    /// JSON in UTF-8, or what the operation says of itself.
    JSON,

    /// The operation's own layout, for those that have one.
    TYPED
}
