package dev.cloche.host.engine.cache;

import java.nio.file.attribute.UserPrincipal;

/// What can be done with the cache's folder at the moment.
sealed interface FolderState {
    /// It can be used.
    ///
    /// @param self the user of this process, who owns it
    record Ready(UserPrincipal self) implements FolderState {}

    /// It is not there yet.
    record Absent() implements FolderState {}

    /// The configuration wants none.
    record Off(String reason) implements FolderState {}

    /// It is there and must not or cannot be used.
    record Unusable(String reason) implements FolderState {}
}
