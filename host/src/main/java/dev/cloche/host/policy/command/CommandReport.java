package dev.cloche.host.policy.command;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a command would do, as far as its text tells.
///
/// @param findings each once, the worst first; empty if there is nothing to be said against it
/// @param steps how much work it was to tell, at most [CommandClassifier#STEPS_MAX]
public record CommandReport(List<CommandFinding> findings, int steps) {
    public CommandReport {
        findings = findings.stream()
                .sorted(Comparator.comparing(CommandFinding::level).reversed())
                .toList();
    }

    /// The level of the worst finding.
    public CommandLevel worst() {
        return findings.isEmpty() ? CommandLevel.NONE : findings.getFirst().level();
    }

    /// The kinds found.
    public Set<CommandClass> kinds() {
        Set<CommandClass> kinds = EnumSet.noneOf(CommandClass.class);
        findings.forEach(finding -> kinds.add(finding.kind()));
        return kinds;
    }
}
