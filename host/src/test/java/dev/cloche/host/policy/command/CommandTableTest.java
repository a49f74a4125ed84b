package dev.cloche.host.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The table of commands, harmful ones and those that only look like it.
class CommandTableTest {
    static List<CommandCase> cases() {
        return CommandCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void exactlyTheseKindsAreFound(CommandCase row) {
        CommandReport report = CommandClassifier.classifyShell(row.command());
        assertThat(report.kinds()).as(row.command() + " " + report.findings()).isEqualTo(row.kinds());
    }

    /// Such a shell shares what it reads with the programs it runs, so that there may be more to be said against it.
    @ParameterizedTest
    @MethodSource("cases")
    void inWhatAShellReadsTheSameIsFound(CommandCase row) {
        CommandReport report = CommandClassifier.classify(List.of("bash", "-s"), Map.of(), row.command());
        assertThat(report.kinds()).as(row.command() + " " + report.findings()).containsAll(row.kinds());
        assertThat(report.findings().isEmpty()).isEqualTo(row.kinds().isEmpty());
    }

    @Test
    void theTableIsLargeAndEveryKindIsInIt() {
        List<String> names = new ArrayList<>();
        Set<CommandClass> kinds = EnumSet.noneOf(CommandClass.class);
        cases().forEach(row -> {
            names.add(row.name());
            kinds.addAll(row.kinds());
        });
        assertThat(names).hasSizeGreaterThan(200);
        assertThat(cases().stream().filter(row -> row.kinds().isEmpty())).hasSizeGreaterThan(80);
        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
        assertThat(kinds).containsExactly(CommandClass.values());
    }
}
