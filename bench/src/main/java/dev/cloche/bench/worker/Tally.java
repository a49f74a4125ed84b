package dev.cloche.bench.worker;

import dev.cloche.bench.report.Samples;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What one task came to over all its turns.
public final class Tally {
    private final Task task;
    private final Map<String, List<Double>> series = new TreeMap<>();
    private String result = "";

    Tally(Task task) {
        this.task = task;
    }

    void add(Answer answer) {
        if (!result.isEmpty() && !result.equals(answer.result())) {
            throw new WorkerException("the same work came to two results, task=" + task + " first=" + result
                    + " second=" + answer.result());
        }
        result = answer.result();
        answer.series()
                .forEach((name, values) ->
                        series.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(values));
    }

    /// All values of a series.
    ///
    /// @throws WorkerException if the worker did not measure it
    public Samples samples(String name) {
        List<Double> values = series.get(name);
        if (values == null || values.isEmpty()) {
            throw new WorkerException("a worker did not measure this, task=" + task + " series=" + name);
        }
        return Samples.of(values);
    }

    public String result() {
        return result;
    }

    /// Makes sure that all did the same work.
    ///
    /// @throws WorkerException if one came to another result
    public static void requireEqualResults(Collection<Tally> tallies) {
        List<String> results = tallies.stream().map(Tally::result).distinct().toList();
        if (results.size() > 1) {
            throw new WorkerException("peers came to different results: "
                    + tallies.stream()
                            .map(tally -> tally.task + " -> " + tally.result)
                            .toList());
        }
    }
}
