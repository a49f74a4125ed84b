package dev.cloche.bench.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a worker measured for one request.
///
/// @param series values by name, in the order in which they were measured
/// @param result what the work came to, on one line: whoever does the same work has to come to the same
public record Answer(Map<String, List<Double>> series, String result) {
    static final String SERIES = "series ";
    static final String RESULT = "result ";
    static final String FAILED = "failed ";
    static final String END = "end";

    public Answer {
        Map<String, List<Double>> copy = new LinkedHashMap<>();
        series.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        series = copy;
        Objects.requireNonNull(result, "result");
    }

    /// The one value of a series.
    ///
    /// @throws WorkerException if there is not just one
    public double only(String name) {
        List<Double> values = series.getOrDefault(name, List.of());
        if (values.size() != 1) {
            throw new WorkerException("a worker did not measure this just once, series=" + name + " values=" + values);
        }
        return values.getFirst();
    }

    /// The answer as a worker writes it.
    String wire() {
        StringBuilder lines = new StringBuilder();
        series.forEach((name, values) -> {
            lines.append(SERIES).append(name);
            values.forEach(value -> lines.append(' ').append(value));
            lines.append('\n');
        });
        return lines.append(RESULT)
                .append(result)
                .append('\n')
                .append(END)
                .append('\n')
                .toString();
    }

    /// Takes one line of those that a worker writes.
    ///
    /// @param into the series so far
    /// @throws IllegalArgumentException if it is not a line of values
    static void readSeries(String line, Map<String, List<Double>> into) {
        List<String> words = List.of(line.substring(SERIES.length()).split(" "));
        into.put(words.getFirst(), words.stream().skip(1).map(Double::valueOf).toList());
    }
}
