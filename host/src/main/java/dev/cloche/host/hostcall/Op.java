package dev.cloche.host.hostcall;

import java.util.Objects;

/// An operation that guests can ask for.
///
/// @param name as guests write it, for example `kv.get`
/// @param capability what an extension needs for it, for example `kv.read`
/// @param canBlock whether it may wait for disk, network or a lock; one that cannot is carried out where it is
/// submitted
/// @param nests whether it calls other extensions; the caller takes up no place in its pool meanwhile
public record Op(String name, String capability, boolean canBlock, boolean nests, OpHandler handler) {
    public Op(String name, String capability, boolean canBlock, OpHandler handler) {
        this(name, capability, canBlock, false, handler);
    }

    public Op {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(capability, "capability");
        Objects.requireNonNull(handler, "handler");
    }
}
