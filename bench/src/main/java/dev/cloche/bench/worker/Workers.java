package dev.cloche.bench.worker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The workers of one line, closed together.
public final class Workers implements AutoCloseable {
    private final Deque<Worker> workers = new ArrayDeque<>();

    /// Starts a JVM with a workload in it, with the default flags and these.
    public Worker jvm(String name, List<String> flags, Class<? extends Workload> workload, String... arguments) {
        return keep(Jvm.start(name, flags, workload, List.of(arguments)));
    }

    /// Starts another program that answers as a worker does.
    public Worker program(String name, String... command) {
        return keep(Worker.start(name, List.of(command)));
    }

    private Worker keep(Worker worker) {
        workers.push(worker);
        return worker;
    }

    @Override
    public void close() {
        while (!workers.isEmpty()) {
            workers.pop().close();
        }
    }
}
