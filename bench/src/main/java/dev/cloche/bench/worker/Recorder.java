package dev.cloche.bench.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects what a worker measures for one request.
public final class Recorder {
    private final Map<String, List<Double>> series = new LinkedHashMap<>();
    private @Nullable String result;

    /// Adds a value to the series of this name.
    public void add(String name, double value) {
        series.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    /// Notes what the work came to.
    ///
    /// @throws IllegalStateException if it came to something else before
    public void result(String text) {
        String line = text.replace("\n", "\\n");
        if (result != null && !result.equals(line)) {
            throw new IllegalStateException("the same work came to two results, first=" + result + " second=" + line);
        }
        result = line;
    }

    public Answer answer() {
        return new Answer(series, result == null ? "" : result);
    }
}
