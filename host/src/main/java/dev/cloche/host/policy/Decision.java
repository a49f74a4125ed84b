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

    /// The rule of what the manifest's parameters do not cover.
    String BEYOND_MANIFEST = "manifest.parameters";

    /// The rule of what no grant's parameters cover.
    String BEYOND_GRANT = "grant.parameters";

    /// The rule of what a denial's parameters cover.
    String DENIED = "deny.parameters";

    /// The capability decided on.
    String capability();

    /// The rule that decided, for example `profile:balanced`.
    String rule();

    /// The extension has the capability, within its parameters.
    ///
    /// @param requested what the manifest asks for
    /// @param grants what the operator granted; empty where the profile gives the capability
    /// @param denials what the operator took away again, each with parameters
    record Allowed(
            String capability, String rule, Capability requested, List<Capability> grants, List<Capability> denials)
            implements Decision {
        public Allowed {
            Objects.requireNonNull(requested, "requested");
            grants = List.copyOf(grants);
            denials = List.copyOf(denials);
        }

        /// Whether the parameters let something through: the manifest's must, and those of at least one grant, taken
        /// whole, must too, and those of no denial may. Where the profile gives the capability, the manifest's decide.
        public boolean permits(Predicate<Capability> side) {
            return side.test(requested) && granted(side) && !denied(side);
        }

        private boolean granted(Predicate<Capability> side) {
            for (Capability grant : grants) {
                if (side.test(grant)) {
                    return true;
                }
            }
            return grants.isEmpty();
        }

        /// Whether one of the denials covers it.
        public boolean denied(Predicate<Capability> side) {
            for (Capability denial : denials) {
                if (side.test(denial)) {
                    return true;
                }
            }
            return false;
        }

        /// The rule by which [#permits] says no.
        public String refusal(Predicate<Capability> side) {
            if (!side.test(requested)) {
                return BEYOND_MANIFEST;
            }
            return denied(side) ? DENIED : BEYOND_GRANT;
        }
    }

    /// The extension does not have the capability.
    ///
    /// @param message what to write in the manifest, or what the operator has to grant
    record Refused(String capability, String rule, String message) implements Decision {}
}
