package dev.cloche.host.engine.cache;

import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the file system says of one file, links not followed.
///
/// @param owner null where the file system knows none
/// @param writableByOthers whether the group or the world may write it; false where the file system cannot tell
record FileFacts(Type type, @Nullable UserPrincipal owner, boolean writableByOthers, long bytes, Instant modified) {
    enum Type {
        FILE,
        FOLDER,
        LINK,
        OTHER
    }

    /// What keeps this file from being trusted, as the second half of a sentence about it; empty if nothing does.
    ///
    /// @param self the user of this process
    String distrust(Type expected, UserPrincipal self) {
        if (type == Type.LINK) {
            return "is a symbolic link";
        }
        if (type != expected) {
            return expected == Type.FILE ? "is not a file" : "is not a folder";
        }
        if (owner != null && !owner.equals(self)) {
            return "belongs to another user (" + owner.getName() + ")";
        }
        return writableByOthers ? "may be written by others than its owner" : "";
    }
}
