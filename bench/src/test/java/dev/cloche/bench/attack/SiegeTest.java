package dev.cloche.bench.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Jvm;
import dev.cloche.bench.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every attack once, compiled, called from a platform thread. Replies, isolates and neighbours are looked at,
/// clocks are not.
class SiegeTest {
    @Test
    void everyAttackComesToWhatItMustWhileTheNeighbourIsServed() {
        List<String> problems = new ArrayList<>();
        try (Worker worker = Jvm.start("attacked", Siege.FLAGS, AttackWorkload.class, List.of())) {
            for (Attack attack : Attacks.all()) {
                String operation = AttackWorkload.run(attack, Mode.COMPILED, Arena.PLATFORM, 1);
                for (Run run : Run.parse(worker.measure(operation, 1).result())) {
                    run.problems().forEach(problem -> problems.add(run.label() + ": " + problem));
                }
            }
            Answer end = worker.measure(AttackWorkload.END, 1);
            assertThat(end.only(AttackWorkload.NEIGHBOUR_WRONG)).isZero();
            assertThat(end.only(AttackWorkload.NEIGHBOUR_CALLS)).isPositive();
            assertThat(end.result()).as("left in the host").isEmpty();
        }
        assertThat(problems).isEmpty();
    }
}
