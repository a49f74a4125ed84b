package dev.cloche.host;

import dev.cloche.host.policy.Profile;
import java.util.Locale;

/// What extensions get because their manifests ask, without a word from the operator. None of them gives processes, the
/// environment or secrets. `docs/policy.md` has the table.
public enum PolicyProfile {
    /// What stays within the extension itself.
    SAFE,

    /// What stays inside the host: the default.
    BALANCED,

    /// Network and files as well, within what the manifest asks for.
    PERMISSIVE;

    /// The name in settings and on the command line.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The profile of this name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static PolicyProfile of(String label) {
        return valueOf(Profile.of(label).name());
    }

    Profile profile() {
        return Profile.valueOf(name());
    }
}
