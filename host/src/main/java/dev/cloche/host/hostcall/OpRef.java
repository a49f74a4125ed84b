package dev.cloche.host.hostcall;

import java.util.Objects;

/// The name of an operation, looked up.
///
/// @param index its place in the host's table; [#UNKNOWN] if the host has no such operation
/// @param name as the guest wrote it
/// @param typed whether it has a form of requests and answers of its own besides JSON
public record OpRef(int index, String name, boolean typed) {
    public static final int UNKNOWN = -1;

    public OpRef {
        Objects.requireNonNull(name, "name");
    }

    /// A name that no host knows the operation of.
    public static OpRef unknown(String name) {
        return new OpRef(UNKNOWN, name, false);
    }
}
