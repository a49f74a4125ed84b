package dev.cloche.host.hostcall;

import java.util.Set;

/// What the start of this host said about lanes; it goes before everything else and is forgotten with the host.
///
/// @param scope whose hostcalls it is about
/// @param extensions their ids, for [Scope#SOME]
public record LaneOverride(Scope scope, Set<String> extensions) {
    /// Nothing was said.
    public static final LaneOverride UNSET = new LaneOverride(Scope.UNSET, Set.of());

    /// Everybody's take the compat lane.
    public static final LaneOverride ALL = new LaneOverride(Scope.ALL, Set.of());

    /// Nobody's do, whatever was forced before.
    public static final LaneOverride NONE = new LaneOverride(Scope.NONE, Set.of());

    /// Whose hostcalls.
    public enum Scope {
        UNSET,
        ALL,
        NONE,
        SOME
    }

    public LaneOverride {
        extensions = Set.copyOf(extensions);
    }

    /// Those of some extensions take the compat lane.
    public static LaneOverride some(Set<String> extensions) {
        return new LaneOverride(Scope.SOME, extensions);
    }
}
