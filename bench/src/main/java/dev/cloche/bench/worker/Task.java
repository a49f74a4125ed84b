package dev.cloche.bench.worker;

import java.util.List;
import java.util.stream.IntStream;

/// An operation of a worker.
///
/// @param count how many times in one turn
public record Task(Worker worker, String operation, int count) {

    /// Lets tasks take turns, so that what disturbs the machine disturbs all of them alike.
    ///
    /// @return what they came to, in the order of the tasks
    public static List<Tally> interleave(int turns, List<Task> tasks) {
        List<Tally> tallies = tasks.stream().map(Tally::new).toList();
        for (int turn = 0; turn < turns; turn++) {
            IntStream.range(0, tasks.size())
                    .forEach(i -> tallies.get(i).add(tasks.get(i).run()));
        }
        return tallies;
    }

    /// Lets tasks take turns for so long, and drops what they measure.
    public static void warmUp(int seconds, List<Task> tasks) {
        Stopwatch watch = Stopwatch.start();
        while (watch.seconds() < seconds) {
            interleave(1, tasks);
        }
    }

    private Answer run() {
        return worker.measure(operation, count);
    }

    @Override
    public String toString() {
        return worker.name() + " " + operation;
    }
}
