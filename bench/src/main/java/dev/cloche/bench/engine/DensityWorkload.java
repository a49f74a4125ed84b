package dev.cloche.bench.engine;

import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Recorder;
import dev.cloche.bench.worker.Workload;
import dev.cloche.host.call.Payload;
import dev.cloche.host.engine.Isolate;
import java.util.ArrayList;
import java.util.List;

/// Many isolates of the bundle of 20 KB at once, in a JVM whose heap is resident from the start: what they add to
/// resident memory is then not heap, and what they use of the heap is added to it.
///
/// Operations: `idle`, so many are stamped; `used`, each of those is called so many times and reset. Both answer what
/// one isolate takes.
public final class DensityWorkload implements Workload {
    static final String IDLE = "idle";
    static final String USED = "used";

    /// Resident memory by PSS and the Java heap together.
    static final String TOTAL = "total";

    static final String HEAP = "heap";
    static final String RSS = "rss";
    static final String PAGE_TABLES = "page-tables";

    private static final int WARM_UP = 300;

    private final Payload request = Payload.text(Guests.REQUEST);
    private final Isolates isolates;
    private final List<Isolate> alive = new ArrayList<>();
    private final ProcessMemory before;

    /// @param arguments the kind of memory
    public DensityWorkload(List<String> arguments) {
        isolates = Isolates.of(Guests.bundle(), arguments.getFirst());
        for (int i = 0; i < WARM_UP; i++) {
            try (Isolate isolate = isolates.stamp()) {
                use(isolate, 1);
            }
        }
        before = ProcessMemory.now();
    }

    @Override
    public Answer measure(String operation, int count) {
        switch (operation) {
            case IDLE -> {
                for (int i = 0; i < count; i++) {
                    alive.add(isolates.stamp());
                }
            }
            case USED -> alive.forEach(isolate -> use(isolate, count));
            default -> throw Workload.unknown(operation);
        }
        return answer();
    }

    private void use(Isolate isolate, int calls) {
        for (int i = 0; i < calls; i++) {
            isolates.call(isolate, Guests.DISPATCH, request);
        }
        isolates.reset(isolate);
    }

    private Answer answer() {
        ProcessMemory now = ProcessMemory.now();
        double heap = (now.heap() - before.heap()) / alive.size();
        Recorder recorder = new Recorder();
        recorder.add(TOTAL, (now.pss() - before.pss()) / alive.size() + heap);
        recorder.add(RSS, (now.rss() - before.rss()) / alive.size() + heap);
        recorder.add(HEAP, heap);
        recorder.add(PAGE_TABLES, (now.pageTables() - before.pageTables()) / alive.size());
        return recorder.answer();
    }

    @Override
    public void close() {
        alive.forEach(Isolate::close);
        isolates.close();
    }
}
