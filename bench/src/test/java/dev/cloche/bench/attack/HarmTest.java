package dev.cloche.bench.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cloche.bench.worker.Jvm;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.WorkerException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the limit that stops it is out of the way, an attack does its harm: so the suite would notice if a limit were
/// lost.
class HarmTest {
    private static final String SMALL_HEAP = "-Xmx28m";
    private static final int HARMED_MIN = 10;

    @Test
    void attacksDoTheirHarmWhereTheirLimitIsLifted() {
        List<String> problems = new ArrayList<>();
        int harmed = 0;
        try (Worker worker = Jvm.start("lifted", Siege.FLAGS, AttackWorkload.class, List.of())) {
            for (Attack attack : Attacks.all()) {
                if (attack.lifted().isPresent()) {
                    String operation = AttackWorkload.LIFTED + " " + attack.name();
                    for (Run run : Run.parse(worker.measure(operation, 1).result())) {
                        run.problems().forEach(problem -> problems.add(run.label() + ": " + problem));
                        harmed++;
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(harmed).isGreaterThanOrEqualTo(HARMED_MIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory-grow-loop", "table-grow-loop"})
    void aGuestThatNobodyLimitsTakesTheJvmDown(String module) {
        List<String> flags = List.of(SMALL_HEAP, "-XX:+ExitOnOutOfMemoryError");
        try (Worker worker = Jvm.start("unlimited", flags, RawGuestWorkload.class, List.of())) {
            assertThatExceptionOfType(WorkerException.class)
                    .isThrownBy(() -> worker.measure(module, 1))
                    .withMessageContaining("has ended");
        }
    }

    @Test
    void anUnlimitedGuestThatDoesNoHarmAnswers() {
        try (Worker worker = Jvm.start("unlimited", List.of(SMALL_HEAP), RawGuestWorkload.class, List.of())) {
            assertThat(worker.measure("names-collide", 1).result()).isEmpty();
        }
    }
}
