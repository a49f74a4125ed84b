package dev.cloche.host.policy;

import dev.cloche.host.bundle.Capability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The operator's rules: a profile and grants. An extension has a capability if its manifest asks for it and either a
/// grant or the profile gives it; a grant comes before the profile. Immutable.
public final class Policy {
    /// The name under which a grant holds for every extension.
    public static final String EVERY_EXTENSION = "*";

    private final Profile profile;
    private final Map<String, List<Capability>> grants;

    /// @param grants by extension id, or [#EVERY_EXTENSION]
    public Policy(Profile profile, Map<String, List<Capability>> grants) {
        this.profile = Objects.requireNonNull(profile, "profile");
        Map<String, List<Capability>> copy = new HashMap<>();
        grants.forEach((extension, list) -> copy.put(extension, List.copyOf(list)));
        this.grants = Map.copyOf(copy);
    }

    /// Decides everything that a manifest asks for.
    ///
    /// @param requested the manifest's capabilities by name
    public PolicyTable resolve(String extension, Map<String, Capability> requested) {
        Map<String, Decision> decisions = new HashMap<>();
        List<Capability> granted = new ArrayList<>();
        List<Capability> withheld = new ArrayList<>();
        for (Capability capability : new TreeMap<>(requested).values()) {
            Decision decision = decide(extension, capability);
            decisions.put(capability.name(), decision);
            switch (decision) {
                case Decision.Allowed allowed -> granted.add(allowed.requested());
                case Decision.Refused _ -> withheld.add(capability);
            }
        }
        return new PolicyTable(extension, decisions, granted, withheld);
    }

    private Decision decide(String extension, Capability requested) {
        String name = requested.name();
        List<Capability> own = granted(extension, name);
        List<Capability> all = new ArrayList<>(own);
        all.addAll(granted(EVERY_EXTENSION, name));
        if (!all.isEmpty()) {
            return new Decision.Allowed(name, "grant:" + (own.isEmpty() ? EVERY_EXTENSION : extension), requested, all);
        }
        if (profile.gives(name)) {
            return new Decision.Allowed(name, "profile:" + profile.label(), requested, List.of());
        }
        return new Decision.Refused(
                name,
                Decision.NOT_GRANTED,
                "profile " + profile.label() + " does not give " + name + "; the operator has to grant it, extension="
                        + extension + " capability=" + name);
    }

    private List<Capability> granted(String extension, String capability) {
        return grants.getOrDefault(extension, List.of()).stream()
                .filter(grant -> grant.name().equals(capability))
                .toList();
    }
}
