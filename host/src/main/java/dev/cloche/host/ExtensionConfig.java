package dev.cloche.host;

import java.util.Objects;
import java.util.Optional;

/// What the operator sets for one extension, in `ext.<id>` of the settings. Immutable.
///
/// @param compat `compat`: whether its hostcalls take the compat lane
/// @param quota `quota`: what it may have of the host's services, where that is not the default
public record ExtensionConfig(boolean compat, Optional<QuotaConfig> quota) {
    public static final ExtensionConfig DEFAULT = new ExtensionConfig(false, Optional.empty());

    public ExtensionConfig {
        Objects.requireNonNull(quota, "quota");
    }

    public ExtensionConfig withCompat(boolean compat) {
        return new ExtensionConfig(compat, quota);
    }

    public ExtensionConfig withQuota(QuotaConfig quota) {
        return new ExtensionConfig(compat, Optional.of(quota));
    }
}
