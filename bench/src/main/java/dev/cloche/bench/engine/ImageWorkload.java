package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Stopwatch;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Isolate;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// An isolate of one kind of memory with something on each page of its image. The operation is a number of pages: a
/// reset, and a call that writes to so many.
public final class ImageWorkload implements Workload {
    static final String RESET = "reset";

    private final Isolates isolates;
    private final Isolate isolate;

    /// @param arguments the kind of memory, and the image's size in MiB
    public ImageWorkload(List<String> arguments) {
        isolates = Isolates.of(WasmGuests.imaged(Integer.parseInt(arguments.get(1))), arguments.getFirst());
        isolate = isolates.stamp();
    }

    @Override
    public Answer measure(String operation, int count) {
        int pages = Integer.parseInt(operation);
        Payload payload = Payload.wrap(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(pages)
                .array());
        // So that the first reset has as much to do as the others.
        isolates.call(isolate, WasmGuests.COMMAND, payload);
        Recorder recorder = new Recorder();
        for (int i = 0; i < count; i++) {
            Stopwatch watch = Stopwatch.start();
            isolates.reset(isolate);
            Payload reply = isolates.call(isolate, WasmGuests.COMMAND, payload);
            recorder.add(RESET, watch.nanos());
            if (!reply.equals(payload)) {
                throw new IllegalStateException("the guest answered something else, bytes=" + reply.size());
            }
        }
        recorder.result(operation);
        return recorder.answer();
    }

    @Override
    public void close() {
        isolate.close();
        isolates.close();
    }
}
