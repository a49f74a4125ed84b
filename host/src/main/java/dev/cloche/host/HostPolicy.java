package dev.cloche.host;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.bundle.Violation;
import dev.cloche.host.ledger.LedgerEntry;
import dev.cloche.host.ledger.TriggeredBy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a host's operator allows and denies. Each change is kept in the home, with a row of the ledger in the same
/// transaction, and holds from the next hostcall on. Safe for use by many threads.
///
/// Most urgent first: denials of the extension, denials of all, grants of the extension, grants of all, the profile.
public final class HostPolicy {
    private final OperatorRules rules;

    HostPolicy(OperatorRules rules) {
        this.rules = rules;
    }

    /// Allows a capability where the extension's manifest asks for it.
    ///
    /// @param extension an extension's id, or [HostConfig#EVERY_EXTENSION]
    /// @param capability may leave parameters out, which leaves them to the manifest
    /// @return the row of the ledger that says so; empty if it was allowed like this before
    /// @throws IllegalArgumentException if there is no such capability, or it does not have such parameters or values
    /// @throws IllegalStateException if it cannot be kept; nothing has changed then
    public Optional<LedgerEntry> grant(String extension, Capability capability, TriggeredBy triggeredBy) {
        check(extension, capability);
        return rules.add(extension, true, capability, triggeredBy);
    }

    /// Denies a capability, whatever grants and profile say.
    ///
    /// @param extension an extension's id, or [HostConfig#EVERY_EXTENSION]
    /// @param capability without parameters, all of it; with parameters, what they cover
    /// @return the row of the ledger that says so; empty if it was denied like this before
    /// @throws IllegalArgumentException if there is no such capability, or it does not have such parameters or values
    /// @throws IllegalStateException if it cannot be kept; nothing has changed then
    public Optional<LedgerEntry> deny(String extension, Capability capability, TriggeredBy triggeredBy) {
        check(extension, capability);
        return rules.add(extension, false, capability, triggeredBy);
    }

    private static void check(String extension, Capability capability) {
        List<Violation> violations = capability.grantViolations();
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException("the rule cannot be used: "
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("; "))
                    + ", extension=" + extension + " capability=" + capability.name());
        }
    }

    /// Takes back all that was said of a capability of an extension, one way or the other.
    ///
    /// @param capability its name
    /// @return the rows of the ledger that say so; empty if there was nothing
    /// @throws IllegalStateException if that cannot be kept; nothing has changed then
    public List<LedgerEntry> revoke(String extension, String capability, TriggeredBy triggeredBy) {
        return rules.remove(extension, capability, triggeredBy);
    }

    /// Everything that was said, in order.
    ///
    /// @throws IllegalStateException if the home cannot be used
    public List<OperatorRule> rules() {
        return rules.list();
    }

    /// Why an extension has a capability, or has not.
    ///
    /// @return empty if there is no such extension
    /// @throws IllegalStateException if the home cannot be used
    public Optional<PolicyExplanation> explain(String extension, String capability) {
        return rules.explain(extension, capability);
    }
}
