package dev.cloche.host.engine.rewrite;

/// The type of a global.
public record GlobalType(ValueType type, boolean mutable) {}
