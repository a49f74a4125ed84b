package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Workload;
import java.util.List;

/// Nothing: what a process costs that is ready for it.
public final class EmptyWorkload implements Workload {
    /// @param arguments none
    public EmptyWorkload(List<String> arguments) {}

    @Override
    public Answer measure(String operation, int count) {
        throw Workload.unknown(operation);
    }
}
