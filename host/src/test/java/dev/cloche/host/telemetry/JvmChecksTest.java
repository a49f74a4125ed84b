package dev.cloche.host.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.telemetry.Finding.Level;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JvmChecksTest {
    private static final long MIB = 1L << 20;
    private static final JvmFacts WELL = new JvmFacts(25, "25.0.1", true, 512 * MIB, OptionalLong.empty(), 2);

    @Test
    void allIsWellOnAGoodJvm() {
        List<Finding> findings = examine(WELL);
        assertThat(findings)
                .extracting(Finding::id)
                .containsExactly("jdk.version", "jdk.flags", "memory.heap", "memory.container", "threads.carriers");
        assertThat(findings).extracting(Finding::area).containsExactly("jdk", "jdk", "memory", "memory", "threads");
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.remedy()).isEmpty();
        });
    }

    @Test
    void theJvmThatRunsTheTestsCanBeExamined() {
        assertThat(new Doctor(JvmChecks.all()).examine()).hasSize(5);
        assertThat(JvmFacts.current().heapMaxBytes()).isPositive();
    }

    @Test
    void anOldJdkIsAnError() {
        assertFound(
                new JvmFacts(24, "24", true, 512 * MIB, OptionalLong.empty(), 2),
                "jdk.version",
                Level.ERROR,
                "feature=24 feature-min=25");
    }

    @Test
    void missingNativeAccessIsAWarning() {
        assertFound(
                new JvmFacts(25, "25", false, 512 * MIB, OptionalLong.empty(), 2),
                "jdk.flags",
                Level.WARNING,
                "native access is not enabled");
    }

    @Test
    void aSmallHeapIsAWarning() {
        assertFound(
                new JvmFacts(25, "25", true, 256 * MIB - 1, OptionalLong.empty(), 2),
                "memory.heap",
                Level.WARNING,
                "advised=256MiB");
    }

    @Test
    void aContainerWithRoomBesideTheHeapIsWell() {
        JvmFacts facts = new JvmFacts(25, "25", true, 384 * MIB, OptionalLong.of(512 * MIB), 2);
        assertThat(examine(facts)).extracting(Finding::level).containsOnly(Level.OK);
    }

    @Test
    void aContainerThatTheHeapNearlyFillsIsAWarning() {
        assertFound(
                new JvmFacts(25, "25", true, 385 * MIB, OptionalLong.of(512 * MIB), 2),
                "memory.container",
                Level.WARNING,
                "heap-max=385MiB limit=512MiB");
    }

    @Test
    void aContainerThatTheHeapCanOutgrowIsAnError() {
        assertFound(
                new JvmFacts(25, "25", true, 512 * MIB, OptionalLong.of(512 * MIB), 2),
                "memory.container",
                Level.ERROR,
                "outgrow");
    }

    @Test
    void oneCarrierIsAWarning() {
        assertFound(
                new JvmFacts(25, "25", true, 512 * MIB, OptionalLong.empty(), 1),
                "threads.carriers",
                Level.WARNING,
                "carriers=1 carriers-min=2");
    }

    private static void assertFound(JvmFacts facts, String id, Level level, String message) {
        List<Finding> notWell = examine(facts).stream()
                .filter(finding -> finding.level() != Level.OK)
                .toList();
        assertThat(notWell).hasSize(1);
        assertThat(notWell.getFirst().id()).isEqualTo(id);
        assertThat(notWell.getFirst().level()).isEqualTo(level);
        assertThat(notWell.getFirst().message()).contains(message);
        assertThat(notWell.getFirst().remedy()).isNotEmpty();
    }

    private static List<Finding> examine(JvmFacts facts) {
        return new Doctor(JvmChecks.over(facts)).examine();
    }
}
