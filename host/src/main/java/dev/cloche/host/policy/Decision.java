package dev.cloche.host.policy;

import dev.cloche.host.bundle.Capability;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/// Whether an extension has a capability, and the rule that says so.
public sealed interface Decision {
    /// The rule of a capability that the manifest does not ask for.
    String NOT_REQUESTED = "manifest.missing";

    /// The rule of a capability that the manifest asks for and that nobody gives.
    String NOT_GRANTED = "grant.missing";

    /// The capability decided on.
    String capability();

    /// The rule that decided, for example `profile:balanced`.
    String rule();

    /// The extension has the capability, within its parameters.
    ///
    /// @param requested what the manifest asks for
    /// @param grants what the operator granted; empty where the profile gives the capability
    record Allowed(String capability, String rule, Capability requested, List<Capability> grants) implements Decision {
        public Allowed {
            Objects.requireNonNull(requested, "requested");
            grants = List.copyOf(grants);
        }

        /// Whether the parameters let something through: the manifest's must, and those of at least one grant, taken
        /// whole, must too. Where the profile gives the capability, the manifest's alone decide.
        public boolean permits(Predicate<Capability> side) {
            return side.test(requested) && (grants.isEmpty() || grants.stream().anyMatch(side));
        }
    }

    /// The extension does not have the capability.
    ///
    /// @param message what to write in the manifest, or what the operator has to grant
    record Refused(String capability, String rule, String message) implements Decision {}
}
