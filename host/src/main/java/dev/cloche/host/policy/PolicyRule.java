package dev.cloche.host.policy;

import dev.cloche.host.bundle.Capability;
import java.util.Objects;

/// What an operator says about one capability.
///
/// @param extension the id of the extension it is about, or [Policy#EVERY_EXTENSION]
/// @param capability what is allowed or denied; without parameters, all of it
public record PolicyRule(String extension, Effect effect, Capability capability) {
    /// Which way a rule decides.
    public enum Effect {
        ALLOW("allow"),
        DENY("deny");

        private final String label;

        Effect(String label) {
            this.label = label;
        }

        /// The effect of this name.
        ///
        /// @throws IllegalArgumentException if there is none
        public static Effect of(String label) {
            for (Effect effect : values()) {
                if (effect.label.equals(label)) {
                    return effect;
                }
            }
            throw new IllegalArgumentException("a rule allows or denies, effect=" + label);
        }

        /// The name in the database and on the command line.
        public String label() {
            return label;
        }
    }

    public PolicyRule {
        Objects.requireNonNull(extension, "extension");
        Objects.requireNonNull(effect, "effect");
        Objects.requireNonNull(capability, "capability");
    }

    /// The name in decisions, for example `grant:notes` or `deny:*`.
    public String name() {
        return (effect == Effect.ALLOW ? "grant:" : "deny:") + extension;
    }
}
