package dev.cloche.host;

import dev.cloche.host.hostcall.LaneControl;
import dev.cloche.host.hostcall.LaneForce;
import dev.cloche.host.hostcall.LaneState;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.TriggeredBy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The lanes of a host's hostcalls, as an operator sees and forces them. A force holds from the next hostcall on, and
/// in the hosts that are opened on the same home later, until it is reverted; no hostcall is lost by it. Safe for use
/// by many threads.
public final class HostLanes {
    private final LaneControl control;
    private final OperatorRules rules;

    HostLanes(LaneControl control, OperatorRules rules) {
        this.control = control;
        this.rules = rules;
    }

    /// Forces the compat lane.
    ///
    /// @param extension an extension's id, or [HostConfig#EVERY_EXTENSION]
    /// @param reasonCode why, in one word of lower-case letters, digits and `._-`; none of the words by which the host
    /// itself says why, for example `overload`
    /// @return the row of the ledger that says so
    /// @throws IllegalArgumentException if the reason is no such word, or one of the host's own
    /// @throws IllegalStateException if it cannot be kept; nothing has changed then
    public LedgerEntry force(String extension, String reasonCode, TriggeredBy triggeredBy) {
        return rules.force(extension, reasonCode, triggeredBy);
    }

    /// Takes a force back.
    ///
    /// @param extension as it was forced
    /// @return the row of the ledger that says so; empty if there was no force
    /// @throws IllegalStateException if that cannot be kept; nothing has changed then
    public Optional<LedgerEntry> revert(String extension, TriggeredBy triggeredBy) {
        return rules.revert(extension, triggeredBy);
    }

    /// The lane of an extension, which need not be there yet.
    public LaneStatus of(String extension) {
        rules.open();
        LaneState state = control.state(extension);
        return new LaneStatus(
                extension,
                state.lane().label(),
                state.reasonCode(),
                state.triggeredBy(),
                Instant.ofEpochMilli(state.sinceMillis()));
    }

    /// The forces there are, by extension.
    public List<LaneStatus> forces() {
        rules.open();
        return control.forces().values().stream().map(HostLanes::status).toList();
    }

    private static LaneStatus status(LaneForce force) {
        return new LaneStatus(
                force.extension(),
                "compat",
                force.reasonCode(),
                force.triggeredBy(),
                Instant.ofEpochMilli(force.sinceMillis()));
    }
}
