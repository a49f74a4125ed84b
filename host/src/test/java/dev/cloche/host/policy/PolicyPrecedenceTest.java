package dev.cloche.host.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.bundle.Capability;
import dev.cloche.host.policy.PolicyRule.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which rule decides: what denies it to the extension, then what denies it to all, then what grants it to the
/// extension, then what grants it to all, then the profile. For every capability there is and all that can be said of
/// it at once; and the explanation names that very rule and no other.
class PolicyPrecedenceTest {
    private static final String ID = "notes";

    /// Each with parameters that cover a part of it; those that have none are denied and granted as a whole.
    private static final Map<String, Map<String, List<String>>> CAPABILITIES = new TreeMap<>(Map.ofEntries(
            Map.entry("log", Map.of()),
            Map.entry("clock", Map.of()),
            Map.entry("random", Map.of()),
            Map.entry("kv.read", Map.of()),
            Map.entry("kv.write", Map.of()),
            Map.entry("job.run", Map.of()),
            Map.entry("tool.call", Map.of("tools", List.of("text/count"))),
            Map.entry("events.emit", Map.of("topics", List.of("order.paid"))),
            Map.entry("events.subscribe", Map.of("topics", List.of("order.paid"))),
            Map.entry("http.fetch", Map.of("hosts", List.of("a.example"))),
            Map.entry("fs.read", Map.of("root", List.of("data"))),
            Map.entry("fs.write", Map.of("root", List.of("data"))),
            Map.entry("env.read", Map.of("names", List.of("LANG"))),
            Map.entry("secrets.read", Map.of("names", List.of("TOKEN"))),
            Map.entry("exec", Map.of("commands", List.of("git")))));

    private static final Set<String> SAFE = Set.of("log", "clock", "random", "kv.read", "kv.write");
    private static final Set<String> INSIDE = Set.of("tool.call", "job.run", "events.emit", "events.subscribe");
    private static final Set<String> OUTSIDE = Set.of("http.fetch", "fs.read", "fs.write");

    private static final int EXTENSION_DENIES = 1;
    private static final int ALL_DENY = 2;
    private static final int EXTENSION_GRANTS = 4;
    private static final int ALL_GRANT = 8;
    private static final int EXTENSION_DENIES_PART = 16;
    private static final int ALL_DENY_PART = 32;
    private static final int EVERYTHING = 64;

    private static boolean gives(Profile profile, String name) {
        return SAFE.contains(name)
                || (profile != Profile.SAFE && INSIDE.contains(name))
                || (profile == Profile.PERMISSIVE && OUTSIDE.contains(name));
    }

    private static List<PolicyRule> rules(String name, int said) {
        Capability whole = new Capability(name, Map.of());
        Capability part = new Capability(name, CAPABILITIES.getOrDefault(name, Map.of()));
        List<PolicyRule> rules = new ArrayList<>();
        // What is said of others, and of another capability, says nothing of this.
        rules.add(new PolicyRule("weather", Effect.DENY, whole));
        rules.add(new PolicyRule("weather", Effect.ALLOW, whole));
        rules.add(new PolicyRule(ID, Effect.DENY, new Capability(name + ".more", Map.of())));
        rules.add(new PolicyRule(Policy.EVERY_EXTENSION, Effect.ALLOW, new Capability(name + ".more", Map.of())));
        // In the order in which nobody would expect them to count.
        add(rules, said, ALL_GRANT, Policy.EVERY_EXTENSION, Effect.ALLOW, whole);
        add(rules, said, EXTENSION_GRANTS, ID, Effect.ALLOW, whole);
        if (!part.parameters().isEmpty()) {
            add(rules, said, ALL_DENY_PART, Policy.EVERY_EXTENSION, Effect.DENY, part);
            add(rules, said, EXTENSION_DENIES_PART, ID, Effect.DENY, part);
        }
        add(rules, said, ALL_DENY, Policy.EVERY_EXTENSION, Effect.DENY, whole);
        add(rules, said, EXTENSION_DENIES, ID, Effect.DENY, whole);
        return rules;
    }

    private static void add(
            List<PolicyRule> rules, int said, int bit, String extension, Effect effect, Capability capability) {
        if ((said & bit) != 0) {
            rules.add(new PolicyRule(extension, effect, capability));
        }
    }

    private static String decides(Profile profile, String name, int said) {
        if ((said & EXTENSION_DENIES) != 0) {
            return "deny:" + ID;
        }
        if ((said & ALL_DENY) != 0) {
            return "deny:*";
        }
        if ((said & EXTENSION_GRANTS) != 0) {
            return "grant:" + ID;
        }
        if ((said & ALL_GRANT) != 0) {
            return "grant:*";
        }
        return gives(profile, name) ? "profile:" + profile.label() : "grant.missing";
    }

    private static boolean allows(String rule) {
        return rule.startsWith("grant:") || rule.startsWith("profile:");
    }

    @ParameterizedTest
    @EnumSource
    void theMostUrgentRuleDecidesWhateverElseIsSaidAndIsTheOneThatIsNamed(Profile profile) {
        CAPABILITIES.keySet().forEach(name -> {
            for (int said = 0; said < EVERYTHING; said++) {
                check(profile, name, said);
            }
        });
    }

    private static void check(Profile profile, String name, int said) {
        String as = "profile=%s capability=%s said=%d".formatted(profile, name, said);
        Map<String, Capability> requested = Map.of(name, new Capability(name, Map.of()));
        Policy policy = new Policy(profile, rules(name, said));
        Decision decision = policy.resolve(ID, requested).decide(name);
        String rule = decides(profile, name, said);
        assertThat(decision.rule()).as(as).isEqualTo(rule);
        assertThat(decision instanceof Decision.Allowed).as(as).isEqualTo(allows(rule));
        assertThat(decision.capability()).isEqualTo(name);
        Explanation explained = policy.explain(ID, requested, name);
        assertThat(explained.decision()).as(as).isEqualTo(decision);
        String named = rule.equals("grant.missing") ? "profile:" + profile.label() : rule;
        assertThat(explained.considered().stream().filter(Explanation.Step::decided))
                .as(as)
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.rule()).as(as).isEqualTo(named);
                    // A denial of a part decides nothing by itself.
                    assertThat(step.verdict()).as(as).doesNotStartWith("denies with {");
                });
        int parts = CAPABILITIES.getOrDefault(name, Map.of()).isEmpty() ? 0 : Integer.bitCount(said >> 4);
        assertThat(explained.considered()).as(as).hasSize(2 + Integer.bitCount(said & 15) + parts);
        assertThat(explained.considered()).extracting(Explanation.Step::rule).doesNotContain("deny:weather");
    }

    @ParameterizedTest
    @EnumSource
    void whatTheManifestDoesNotAskForIsRefusedWhateverIsSaid(Profile profile) {
        CAPABILITIES.keySet().forEach(name -> {
            for (int said = 0; said < EVERYTHING; said++) {
                Policy policy = new Policy(profile, rules(name, said));
                Explanation explained = policy.explain(ID, Map.of(), name);
                assertThat(explained.decision().rule()).isEqualTo("manifest.missing");
                assertThat(explained.decision()).isInstanceOf(Decision.Refused.class);
                assertThat(explained.considered().stream().filter(Explanation.Step::decided))
                        .extracting(Explanation.Step::rule)
                        .containsExactly("manifest");
            }
        });
    }

    /// A denial with parameters takes away what they cover, from whatever gives the capability, and leaves the rest.
    @Test
    void aDenialOfAPartHoldsAgainstEveryGrantAndLeavesTheRest() {
        CAPABILITIES.forEach((name, parameters) -> parameters.forEach((parameter, values) -> {
            for (int said : new int[] {EXTENSION_GRANTS, ALL_GRANT, EXTENSION_GRANTS | ALL_GRANT}) {
                for (int part : new int[] {EXTENSION_DENIES_PART, ALL_DENY_PART}) {
                    Decision decision = new Policy(Profile.PERMISSIVE, rules(name, said | part))
                            .resolve(ID, Map.of(name, new Capability(name, Map.of())))
                            .decide(name);
                    assertThat(decision).isInstanceOfSatisfying(Decision.Allowed.class, allowed -> {
                        assertThat(allowed.permits(side -> covers(side, parameter, values.getFirst())))
                                .as("capability=%s", name)
                                .isFalse();
                        assertThat(allowed.refusal(side -> covers(side, parameter, values.getFirst())))
                                .isEqualTo("deny.parameters");
                        assertThat(allowed.permits(side -> covers(side, parameter, "another")))
                                .isTrue();
                    });
                }
            }
        }));
    }

    private static boolean covers(Capability side, String parameter, String value) {
        List<String> values = side.values(parameter);
        return values.isEmpty() || values.contains(value);
    }
}
