package dev.cloche.host.storage;

import dev.cloche.host.storage.InstalledBundles.Installed;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// What else to write in the transaction that changes which bundle of an extension is installed. As with [SqlWork], it
/// may be run more than once before the change counts.
@FunctionalInterface
public interface BundleNote {
    /// Nothing else.
    BundleNote NONE = (_, _, _, _) -> {};

    /// Called once the change is written, and before it is committed. What it throws undoes the change.
    ///
    /// @param from what was installed before; null for an extension that is new
    /// @param to what is installed now; null for one that is removed
    void changed(Session session, String extension, @Nullable Installed from, @Nullable Installed to)
            throws SQLException;
}
