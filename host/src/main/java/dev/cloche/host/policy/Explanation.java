package dev.cloche.host.policy;

import java.util.List;

/// Why an extension has a capability, or has not.
///
/// @param decision what was decided, and the rule that did
/// @param considered the rules looked at, most urgent first, each with what it said
public record Explanation(Decision decision, List<Step> considered) {
    public Explanation {
        considered = List.copyOf(considered);
    }

    /// One rule and what it said.
    ///
    /// @param rule its name, for example `deny:*`
    /// @param verdict what it says of the capability, in words
    /// @param decided whether it decided
    public record Step(String rule, String verdict, boolean decided) {}
}
