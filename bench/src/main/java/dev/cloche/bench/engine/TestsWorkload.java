package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Isolate;
import java.util.List;

/// The six tests of speed as an extension, in an isolate of one kind of memory. Operations are the tests' names.
public final class TestsWorkload implements Workload {
    private final Isolates isolates;
    private final Isolate isolate;

    /// @param arguments the kind of memory
    public TestsWorkload(List<String> arguments) {
        isolates = Isolates.of(Guests.tests(), arguments.getFirst());
        isolate = isolates.stamp();
    }

    @Override
    public Answer measure(String operation, int count) {
        Payload name = Payload.text(operation);
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            Payload reply = isolates.call(isolate, Guests.RUN, name);
            recorder.add(operation, watch.nanos());
            recorder.result(reply.text());
        }
        return recorder.answer();
    }

    @Override
    public void close() {
        isolate.close();
        isolates.close();
    }
}
