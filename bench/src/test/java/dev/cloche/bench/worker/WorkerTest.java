package dev.cloche.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private static Worker start(String greeting) {
        return Jvm.start(greeting, List.of("-XX:TieredStopAtLevel=1"), CountingWorkload.class, List.of(greeting));
    }

    @Test
    void answersWhatItMeasuredAndGoesOnAfterAFailure() {
        try (Worker worker = start("hello")) {
            assertThat(worker.measure("count", 3))
                    .isEqualTo(new Answer(Map.of("count", List.of(1.0, 1.1, 1.2)), "hello twice\\n"));
            assertThatExceptionOfType(WorkerException.class)
                    .isThrownBy(() -> worker.measure("fail", 1))
                    .withMessageContaining("operation=fail cause=java.lang.IllegalStateException: as asked for")
                    .withMessageContaining("worker=hello");
            assertThat(worker.measure("count", 1).only("count")).isEqualTo(3);
        }
    }

    @Test
    void aWorkerThatEndsIsAnErrorWithWhatItSaid() {
        assertThatExceptionOfType(WorkerException.class)
                .isThrownBy(() -> start("never").close())
                .withMessageContaining("has ended, worker=never")
                .withMessageContaining("this one never starts");
        try (Worker worker = start("hello")) {
            assertThatExceptionOfType(WorkerException.class)
                    .isThrownBy(() -> worker.measure("halt", 1))
                    .withMessageContaining("has ended");
        }
        assertThatExceptionOfType(WorkerException.class)
                .isThrownBy(() ->
                        Worker.start("absent", List.of("/no/such/program")).close())
                .withMessageContaining("worker=absent");
    }

    @Test
    void tasksTakeTurns() {
        try (Worker one = start("same");
                Worker two = start("same")) {
            List<Tally> tallies = Task.interleave(2, List.of(new Task(one, "count", 1), new Task(two, "count", 2)));
            assertThat(tallies.get(0).samples("count").values()).containsExactly(1, 2);
            assertThat(tallies.get(1).samples("count").values()).containsExactly(1, 1.1, 2, 2.1);
            Tally.requireEqualResults(tallies);
            assertThatExceptionOfType(WorkerException.class)
                    .isThrownBy(() -> tallies.get(0).samples("other"))
                    .withMessageContaining("series=other");
        }
    }

    @Test
    void differentResultsAreNotCompared() {
        try (Worker one = start("one");
                Worker two = start("two")) {
            List<Tally> tallies = Task.interleave(1, List.of(new Task(one, "count", 1), new Task(two, "count", 1)));
            assertThatExceptionOfType(WorkerException.class)
                    .isThrownBy(() -> Tally.requireEqualResults(tallies))
                    .withMessageContaining("one count -> one twice")
                    .withMessageContaining("two count -> two twice");
        }
    }

    @Test
    void theSameWorkComesToOneResult() {
        Recorder recorder = new Recorder();
        recorder.result("a");
        recorder.result("a");
        assertThatIllegalStateException()
                .isThrownBy(() -> recorder.result("b"))
                .withMessageContaining("first=a second=b");
        assertThat(recorder.answer().result()).isEqualTo("a");
    }

    @Test
    void aSeriesOfAnotherLengthIsNotASingleValue() {
        Answer answer = new Answer(Map.of("two", List.of(1.0, 2.0)), "");
        assertThatExceptionOfType(WorkerException.class).isThrownBy(() -> answer.only("two"));
        assertThatExceptionOfType(WorkerException.class).isThrownBy(() -> answer.only("none"));
    }
}
