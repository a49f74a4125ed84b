package dev.cloche.host.policy;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.policy.PolicyRule.Effect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// The operator's rules: a profile, grants and denials. An extension has a capability if its manifest asks for it and
/// either a grant or the profile gives it, and nothing denies it. Immutable.
///
/// Most urgent first: what denies it to the extension, what denies it to all, what grants it to the extension, what
/// grants it to all, the profile. A denial with parameters takes away what they cover and leaves the rest.
public final class Policy {
    /// The name under which a rule holds for every extension.
    public static final String EVERY_EXTENSION = "*";

    private final Profile profile;
    private final List<PolicyRule> rules;

    /// @param grants by extension id, or [#EVERY_EXTENSION]
    public Policy(Profile profile, Map<String, List<Capability>> grants) {
        this(
                profile,
                new TreeMap<>(grants)
                        .entrySet().stream()
                                .flatMap(entry -> entry.getValue().stream()
                                        .map(grant -> new PolicyRule(entry.getKey(), Effect.ALLOW, grant)))
                                .toList());
    }

    public Policy(Profile profile, Collection<PolicyRule> rules) {
        this.profile = Objects.requireNonNull(profile, "profile");
        this.rules = List.copyOf(rules);
    }

    /// What an extension gets that only asks.
    public Profile profile() {
        return profile;
    }

    /// The rules beside the profile.
    public List<PolicyRule> rules() {
        return rules;
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
        Optional<PolicyRule> denied = denying(extension, name);
        if (denied.isPresent()) {
            return refused(
                    requested,
                    denied.get().name(),
                    "the operator denies " + name + ", extension=" + extension + " rule="
                            + denied.get().name());
        }
        List<Capability> own = capabilities(Effect.ALLOW, extension, name);
        List<Capability> all = new ArrayList<>(own);
        all.addAll(capabilities(Effect.ALLOW, EVERY_EXTENSION, name));
        List<Capability> less = new ArrayList<>(capabilities(Effect.DENY, extension, name));
        less.addAll(capabilities(Effect.DENY, EVERY_EXTENSION, name));
        if (!all.isEmpty()) {
            return new Decision.Allowed(
                    name, "grant:" + (own.isEmpty() ? EVERY_EXTENSION : extension), requested, all, less);
        }
        if (profile.gives(name)) {
            return new Decision.Allowed(name, "profile:" + profile.label(), requested, List.of(), less);
        }
        return refused(
                requested,
                Decision.NOT_GRANTED,
                "profile " + profile.label() + " does not give " + name + "; the operator has to grant it, extension="
                        + extension + " capability=" + name);
    }

    private static Decision refused(Capability requested, String rule, String message) {
        return new Decision.Refused(requested.name(), rule, message);
    }

    /// The rule that takes the whole capability away.
    private Optional<PolicyRule> denying(String extension, String name) {
        return about(Effect.DENY, extension, name).stream()
                .filter(rule -> rule.capability().parameters().isEmpty())
                .findFirst()
                .or(() -> about(Effect.DENY, EVERY_EXTENSION, name).stream()
                        .filter(rule -> rule.capability().parameters().isEmpty())
                        .findFirst());
    }

    private List<PolicyRule> about(Effect effect, String extension, String name) {
        return rules.stream()
                .filter(rule -> rule.effect() == effect
                        && rule.extension().equals(extension)
                        && rule.capability().name().equals(name))
                .toList();
    }

    private List<Capability> capabilities(Effect effect, String extension, String name) {
        return about(effect, extension, name).stream()
                .map(PolicyRule::capability)
                .toList();
    }

    /// Says which rules were looked at for a capability, and which decided.
    ///
    /// @param requested the manifest's capabilities by name
    public Explanation explain(String extension, Map<String, Capability> requested, String capability) {
        Decision decision = resolve(extension, requested).decide(capability);
        List<Explanation.Step> steps = new ArrayList<>();
        Capability asked = requested.get(capability);
        String decided = decision.rule();
        steps.add(new Explanation.Step(
                "manifest",
                asked == null ? "does not ask for it" : "asks for it " + shown(asked),
                decided.equals(Decision.NOT_REQUESTED)));
        for (Effect effect : new Effect[] {Effect.DENY, Effect.ALLOW}) {
            for (String of : new String[] {extension, EVERY_EXTENSION}) {
                about(effect, of, capability).forEach(rule -> steps.add(step(rule, decided)));
            }
        }
        String byProfile = "profile:" + profile.label();
        steps.add(new Explanation.Step(
                byProfile,
                profile.gives(capability) ? "gives it" : "does not give it",
                decided.equals(byProfile) || decided.equals(Decision.NOT_GRANTED)));
        return new Explanation(decision, steps);
    }

    private static Explanation.Step step(PolicyRule rule, String decided) {
        boolean whole = rule.capability().parameters().isEmpty();
        boolean decides = rule.name().equals(decided) && (rule.effect() == Effect.ALLOW || whole);
        return new Explanation.Step(
                rule.name(),
                (rule.effect() == Effect.ALLOW ? "grants " : "denies ") + shown(rule.capability()),
                decides);
    }

    private static String shown(Capability capability) {
        return capability.parameters().isEmpty()
                ? "without parameters"
                : "with " + new TreeMap<>(capability.parameters());
    }
}
