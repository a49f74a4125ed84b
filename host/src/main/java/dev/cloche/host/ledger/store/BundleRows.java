package dev.cloche.host.ledger.store;

import dev.cloche.host.ledger.LedgerEvent;
import dev.cloche.host.ledger.LedgerKind;
import dev.cloche.host.ledger.TriggeredBy;
import dev.cloche.host.storage.BundleNote;
import dev.cloche.host.storage.InstalledBundles.Installed;
import dev.cloche.host.storage.Session;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Records that an extension was installed, replaced or removed, in the very transaction.
///
/// @param triggeredBy who asked for it
public record BundleRows(Ledger ledger, TriggeredBy triggeredBy) implements BundleNote {
    /// Somebody wanted it.
    static final String REASON = "request";

    @Override
    public void changed(Session session, String extension, @Nullable Installed from, @Nullable Installed to)
            throws SQLException {
        ledger.append(
                session,
                LedgerEvent.of(kind(from, to), extension, REASON, triggeredBy).withChange(state(from), state(to)));
    }

    private static LedgerKind kind(@Nullable Installed from, @Nullable Installed to) {
        if (to == null) {
            return LedgerKind.EXTENSION_REMOVED;
        }
        return from == null ? LedgerKind.EXTENSION_INSTALLED : LedgerKind.EXTENSION_REPLACED;
    }

    /// Version and digest. Of a version nobody but its author decides how long it is.
    private static String state(@Nullable Installed bundle) {
        if (bundle == null) {
            return "";
        }
        String digest = " " + bundle.digest();
        int room = Math.max(0, LedgerEvent.STATE_CHARS_MAX - digest.length());
        String version = bundle.version();
        return (version.length() > room ? version.substring(0, room) : version) + digest;
    }
}
