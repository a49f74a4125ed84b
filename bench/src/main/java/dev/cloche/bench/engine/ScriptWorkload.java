package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Isolate;
import java.util.List;

/// The bundle of 20 KB in isolates of one kind of memory.
///
/// Operations: `create`, an isolate booted and the bundle evaluated in it; `first`, an isolate stamped, called and
/// closed, with `stamp`, `call` and `close` by themselves; `warm`, a call to an isolate that was called before;
/// `reset`, a reset and the next call.
public final class ScriptWorkload implements Workload {
    static final String CREATE = "create";
    static final String FIRST = "first";
    static final String STAMP = "stamp";
    static final String CALL = "call";
    static final String CLOSE = "close";
    static final String WARM = "warm";
    static final String RESET = "reset";

    private final Payload request = Payload.text(Guests.REQUEST);
    private final Isolates isolates;
    private final Isolate kept;
    private final Isolate reset;

    /// @param arguments the kind of memory
    public ScriptWorkload(List<String> arguments) {
        isolates = Isolates.of(Guests.bundle(), arguments.getFirst());
        kept = isolates.stamp();
        reset = isolates.stamp();
    }

    @Override
    public Answer measure(String operation, int count) {
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            switch (operation) {
                case CREATE -> create(recorder);
                case FIRST -> first(recorder);
                case WARM -> warm(recorder);
                case RESET -> reset(recorder);
                default -> throw Workload.unknown(operation);
            }
        }
        return recorder.answer();
    }

    private void create(Recorder recorder) {
        Stopwatch watch = Stopwatch.start();
        Isolate isolate = isolates.boot();
        recorder.add(CREATE, watch.nanos());
        recorder.result(call(isolate));
        isolate.close();
    }

    private void first(Recorder recorder) {
        Stopwatch watch = Stopwatch.start();
        Isolate isolate = isolates.stamp();
        double stamped = watch.nanos();
        Payload reply = isolates.call(isolate, Guests.DISPATCH, request);
        double called = watch.nanos();
        isolate.close();
        double closed = watch.nanos();
        recorder.add(FIRST, closed);
        recorder.add(STAMP, stamped);
        recorder.add(CALL, called - stamped);
        recorder.add(CLOSE, closed - called);
        recorder.result(reply.text());
    }

    private void warm(Recorder recorder) {
        Stopwatch watch = Stopwatch.start();
        Payload reply = isolates.call(kept, Guests.DISPATCH, request);
        recorder.add(WARM, watch.nanos());
        recorder.result(reply.text());
    }

    private void reset(Recorder recorder) {
        Stopwatch watch = Stopwatch.start();
        isolates.reset(reset);
        Payload reply = isolates.call(reset, Guests.DISPATCH, request);
        recorder.add(RESET, watch.nanos());
        recorder.result(reply.text());
    }

    private String call(Isolate isolate) {
        return isolates.call(isolate, Guests.DISPATCH, request).text();
    }

    @Override
    public void close() {
        kept.close();
        reset.close();
        isolates.close();
    }
}
