package dev.cloche.host.hostcall;

import java.util.Objects;

/// An operation that guests can ask for.
///
/// @param name as guests write it, for example `kv.get`
/// @param capability what an extension needs for it, for example `kv.read`
/// @param canBlock whether it may wait for disk, network or a lock; one that cannot is carried out where it is
/// submitted
public record Op(String name, String capability, boolean canBlock, OpHandler handler) {
    public Op {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(capability, "capability");
        Objects.requireNonNull(handler, "handler");
    }
}
