package dev.cloche.host;

import java.util.List;

/// Why an extension has a capability, or has not.
///
/// @param allowed whether it has it; its parameters, and those of denials, decide on each hostcall besides
/// @param rule the rule that decided, for example `profile:balanced`, `deny:*` or `manifest.missing`
/// @param message what to do about a refusal; empty where it has it
/// @param steps all that was looked at, most urgent first
public record PolicyExplanation(
        String extension, String capability, boolean allowed, String rule, String message, List<Step> steps) {
    public PolicyExplanation {
        steps = List.copyOf(steps);
    }

    /// One rule and what it says.
    ///
    /// @param decided whether it decided
    public record Step(String rule, String verdict, boolean decided) {}
}
