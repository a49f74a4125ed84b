package dev.cloche.host;

import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.LedgerHead;
import dev.cloche.host.ledger.LedgerQuery;
import dev.cloche.host.ledger.LedgerVerdict;
import dev.cloche.host.ledger.store.Ledger;
import java.util.List;

/// The ledger of a host's home, as an operator sees it: what was installed, granted, forced, denied; by whom, when and
/// why. It can be read and not written. A home that is not there has an empty one and is not made. Safe for use by many
/// threads.
public final class HostLedger {
    private final Ledger ledger;

    HostLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /// The last row in short. Keep it elsewhere to find out later whether rows were cut off.
    ///
    /// @throws IllegalStateException if the home cannot be used
    public LedgerHead head() {
        return ledger.head();
    }

    /// The rows that match, in order of their sequence.
    ///
    /// @throws IllegalStateException if the home cannot be used, or one of the rows is no row of a ledger
    public List<LedgerEntry> entries(LedgerQuery query) {
        return ledger.list(query);
    }

    /// Reads every row and holds it against its hash and against the row before.
    ///
    /// @throws IllegalStateException if the home cannot be used
    public LedgerVerdict verify() {
        return ledger.verify();
    }

    /// Does what [#verify()] does, and looks for a row of this hash.
    ///
    /// @param expectedHead the hash of a head that was noted at any earlier time
    /// @throws IllegalArgumentException if it is no hash
    /// @throws IllegalStateException if the home cannot be used
    public LedgerVerdict verify(String expectedHead) {
        return ledger.verify(expectedHead);
    }
}
