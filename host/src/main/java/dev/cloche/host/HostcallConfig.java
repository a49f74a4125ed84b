package dev.cloche.host;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// What holds for hostcalls. Immutable; start from [#DEFAULT].
///
/// @param profile `policy.profile`: what extensions get because they ask; [PolicyProfile#BALANCED] by default
/// @param quota `quota`: what each extension may have of the host's services
/// @param lanes `lanes`: how hostcalls are carried
/// @param extensions `ext`: what is set for single extensions, by id
public record HostcallConfig(
        PolicyProfile profile, QuotaConfig quota, LaneConfig lanes, Map<String, ExtensionConfig> extensions) {
    public static final HostcallConfig DEFAULT =
            new HostcallConfig(PolicyProfile.BALANCED, QuotaConfig.DEFAULT, LaneConfig.DEFAULT, Map.of());

    public HostcallConfig {
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(quota, "quota");
        Objects.requireNonNull(lanes, "lanes");
        extensions = Map.copyOf(extensions);
    }

    public HostcallConfig withProfile(PolicyProfile profile) {
        return new HostcallConfig(profile, quota, lanes, extensions);
    }

    public HostcallConfig withQuota(QuotaConfig quota) {
        return new HostcallConfig(profile, quota, lanes, extensions);
    }

    public HostcallConfig withLanes(LaneConfig lanes) {
        return new HostcallConfig(profile, quota, lanes, extensions);
    }

    /// @param extension its id
    public HostcallConfig withExtension(String extension, ExtensionConfig config) {
        Map<String, ExtensionConfig> changed = new TreeMap<>(extensions);
        changed.put(extension, config);
        return new HostcallConfig(profile, quota, lanes, changed);
    }

    /// What is set for an extension.
    public ExtensionConfig of(String extension) {
        return extensions.getOrDefault(extension, ExtensionConfig.DEFAULT);
    }

    /// What an extension may have of the host's services.
    public QuotaConfig quotaOf(String extension) {
        return of(extension).quota().orElse(quota);
    }
}
