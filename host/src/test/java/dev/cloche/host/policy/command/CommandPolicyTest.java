package dev.cloche.host.policy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandPolicyTest {
    private static final CommandReport CRITICAL = CommandClassifier.classifyShell("sudo rm -rf /");
    private static final CommandReport HIGH = CommandClassifier.classifyShell("sudo ls");
    private static final CommandReport NONE = CommandClassifier.classifyShell("ls");

    @Test
    void profilesBlockFromTheirLevelOn() {
        assertThat(CommandPolicy.SAFE).isEqualTo(new CommandPolicy(CommandLevel.HIGH));
        assertThat(CommandPolicy.BALANCED).isEqualTo(new CommandPolicy(CommandLevel.HIGH));
        assertThat(CommandPolicy.PERMISSIVE).isEqualTo(new CommandPolicy(CommandLevel.CRITICAL));
        assertThat(CommandPolicy.ofProfile("safe")).isEqualTo(CommandPolicy.SAFE);
        assertThat(CommandPolicy.ofProfile("balanced")).isEqualTo(CommandPolicy.BALANCED);
        assertThat(CommandPolicy.ofProfile("permissive")).isEqualTo(CommandPolicy.PERMISSIVE);
        assertThatThrownBy(() -> CommandPolicy.ofProfile("loose"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("profile=loose");
    }

    @Test
    void theWorstFindingIsWhatBlocks() {
        assertThat(CommandPolicy.BALANCED.blocking(CRITICAL).map(CommandFinding::kind))
                .contains(CommandClass.RECURSIVE_DELETE);
        assertThat(CommandPolicy.BALANCED.blocking(HIGH))
                .contains(new CommandFinding(CommandClass.PRIVILEGE_CHANGE, "sudo ls"));
        assertThat(CommandPolicy.PERMISSIVE.blocking(CRITICAL).map(CommandFinding::kind))
                .contains(CommandClass.RECURSIVE_DELETE);
    }

    @Test
    void whatIsNotAsBadMayRun() {
        assertThat(CommandPolicy.PERMISSIVE.blocking(HIGH)).isEqualTo(Optional.empty());
        assertThat(CommandPolicy.SAFE.blocking(NONE)).isEqualTo(Optional.empty());
    }

    @Test
    void whatIsCriticalNeverRuns() {
        assertThatThrownBy(() -> new CommandPolicy(CommandLevel.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("blockedFrom=none");
        assertThat(CommandClass.UNPARSEABLE.level()).isEqualTo(CommandLevel.CRITICAL);
    }

    @Test
    void aPartIsShortAndOnOneLine() {
        String part = new CommandFinding(CommandClass.SHUTDOWN, "a\nb\u001b[0m\u202e" + "x".repeat(500)).part();
        assertThat(part)
                .hasSize(CommandFinding.PART_CHARS_MAX)
                .startsWith("a?b?[0m?x")
                .endsWith("x...");
        String whole = "x".repeat(CommandFinding.PART_CHARS_MAX);
        assertThat(new CommandFinding(CommandClass.SHUTDOWN, whole).part()).isEqualTo(whole);
    }

    @Test
    void theWorstComesFirst() {
        assertThat(CRITICAL.findings())
                .extracting(CommandFinding::kind)
                .containsExactly(CommandClass.RECURSIVE_DELETE, CommandClass.PRIVILEGE_CHANGE);
        assertThat(CRITICAL.worst()).isEqualTo(CommandLevel.CRITICAL);
        assertThat(NONE.worst()).isEqualTo(CommandLevel.NONE);
        assertThat(CommandLevel.HIGH.atLeast(CommandLevel.HIGH)).isTrue();
        assertThat(CommandLevel.HIGH.atLeast(CommandLevel.CRITICAL)).isFalse();
    }
}
