package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Isolate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A guest that declares a certain memory. The operation is its size in MiB: an isolate is instantiated, called and
/// closed.
public final class DeclaredWorkload implements Workload {
    static final List<Integer> SIZES = List.of(1, 16, 256);
    static final String RUN = "run";

    private final Map<String, Isolates> bySize = new LinkedHashMap<>();
    private final Payload payload = Payload.text("ping");

    /// @param arguments the kind of memory
    public DeclaredWorkload(List<String> arguments) {
        for (int mib : SIZES) {
            bySize.put(String.valueOf(mib), Isolates.of(WasmGuests.declaring(mib), arguments.getFirst()));
        }
    }

    @Override
    public Answer measure(String operation, int count) {
        Isolates isolates = bySize.get(operation);
        if (isolates == null) {
            throw Workload.unknown(operation);
        }
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            Isolate isolate = isolates.boot();
            Payload reply = isolates.call(isolate, WasmGuests.COMMAND, payload);
            isolate.close();
            recorder.add(RUN, watch.nanos());
            recorder.result(reply.text());
        }
        return recorder.answer();
    }

    @Override
    public void close() {
        bySize.values().forEach(Isolates::close);
    }
}
