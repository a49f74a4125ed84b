package dev.cloche.host.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cloche.host.placement.Placement.Bound;
import dev.cloche.host.placement.Placement.Outcome;
import dev.cloche.host.placement.ThreadAffinity.Answer;
import dev.cloche.host.placement.Topology.Cpu;
import dev.cloche.host.system.SystemFiles;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pinning for real: the system is asked, and asked again what came of it.
class ThreadAffinityTest {
    private static final SystemFiles FILES = SystemFiles.OWN;

    /// On a thread of its own, since what is pinned stays so.
    private static <T> T onItsOwnThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "pinned");
        thread.start();
        return task.get();
    }

    private static List<Integer> usable() {
        return Topology.read(FILES).computing().stream()
                .flatMap(node -> node.cpus().stream())
                .map(Cpu::id)
                .toList();
    }

    private static String kernelsAccount() {
        return FILES.value("proc/thread-self/status", "Cpus_allowed_list").orElseThrow();
    }

    @Test
    void aPinnedThreadHasOneProcessorByTheSystemsOwnAccount() throws Exception {
        for (int cpu : usable()) {
            onItsOwnThread(() -> {
                assertThat(ThreadAffinity.pin(cpu)).isEqualTo(new Answer.Allowed(List.of(cpu)));
                assertThat(kernelsAccount()).isEqualTo(String.valueOf(cpu));
                assertThat(ThreadAffinity.allowed()).isEqualTo(new Answer.Allowed(List.of(cpu)));
                return cpu;
            });
        }
    }

    @Test
    void aThreadCanBeLetGoAgain() throws Exception {
        onItsOwnThread(() -> {
            String before = kernelsAccount();
            ThreadAffinity.pin(usable().getFirst());
            assertThat(ThreadAffinity.allow(usable())).isEqualTo(new Answer.Allowed(usable()));
            assertThat(kernelsAccount()).isEqualTo(before);
            return before;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 8_191, 8_192, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aProcessorThatThereIsNotIsRefusedWithTheReasonAndChangesNothing(int cpu) throws Exception {
        onItsOwnThread(() -> {
            String before = kernelsAccount();
            assertThat(ThreadAffinity.pin(cpu)).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                assertThat(refused.errno()).isEqualTo(22);
                assertThat(refused.reason()).contains(String.valueOf(cpu));
            });
            assertThat(kernelsAccount()).isEqualTo(before);
            return before;
        });
    }

    @Test
    void noProcessorAtAllIsRefused() throws Exception {
        assertThat(onItsOwnThread(() -> ThreadAffinity.allow(List.of()))).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void aVirtualThreadIsNotPinned() throws InterruptedException {
        FutureTask<Answer> task = new FutureTask<>(() -> ThreadAffinity.pin(0));
        Thread.ofVirtual().name("light").start(task).join();
        assertThat(task.resultNow())
                .isInstanceOfSatisfying(
                        Answer.Unsupported.class,
                        answer -> assertThat(answer.reason())
                                .startsWith("a virtual thread has no processors of its own")
                                .endsWith("thread=light"));
    }

    @Test
    void eachShardOfAStrictPlacementRunsOnItsCore() throws Exception {
        Placement placement = Placement.of(Topology.read(FILES), 4, Affinity.STRICT);
        for (int i = 0; i < 4; i++) {
            int shard = i;
            onItsOwnThread(() -> {
                Bound bound = placement.bind(shard);
                assertThat(bound.outcome()).isEqualTo(Outcome.PINNED);
                assertThat(bound.allowed()).containsExactly(bound.core());
                assertThat(kernelsAccount()).isEqualTo(String.valueOf(bound.core()));
                return bound;
            });
        }
    }
}
