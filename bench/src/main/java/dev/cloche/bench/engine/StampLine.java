package dev.cloche.bench.engine;

import dev.cloche.bench.Checkout;
import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Samples;
import dev.cloche.bench.report.Unit;
import dev.cloche.bench.worker.Tally;
import dev.cloche.bench.worker.Task;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.util.List;
import java.util.stream.Stream;

/// What a fresh isolate of a bundle costs: stamped from a snapshot, and without one.
final class StampLine implements Line {
    private static final int PER_TURN = 20;
    private static final double STAMP_NANOS_MAX = 100e3;
    private static final double FIRST_NANOS_MAX = 250e3;
    private static final double CREATE_TIMES_MIN = 50;

    @Override
    public String id() {
        return "stamp";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            MemoryKinds kinds = MemoryKinds.here();
            Worker ours = workers.jvm("cloche", List.of(), ScriptWorkload.class, MemoryKinds.DEFAULT);
            Worker other = workers.jvm(kinds.other(), List.of(), ScriptWorkload.class, kinds.other());
            Worker node = workers.program(
                    "node",
                    "node",
                    Checkout.path("bench/peers/contexts.mjs").toString(),
                    Checkout.path("bench/bundles/bench-bundle/index.js").toString(),
                    Guests.REQUEST);
            List<Tally> calls = measured(
                    effort.of(22, 60),
                    effort.of(25, 100),
                    List.of(
                            new Task(ours, ScriptWorkload.WARM, PER_TURN),
                            new Task(ours, ScriptWorkload.FIRST, PER_TURN),
                            new Task(other, ScriptWorkload.WARM, PER_TURN),
                            new Task(other, ScriptWorkload.FIRST, PER_TURN),
                            new Task(node, ScriptWorkload.WARM, PER_TURN)));
            List<Tally> creations = measured(
                    effort.of(3, 10),
                    effort.of(20, 50),
                    List.of(
                            new Task(ours, ScriptWorkload.CREATE, 1),
                            new Task(other, ScriptWorkload.CREATE, 1),
                            new Task(node, ScriptWorkload.CREATE, 1)));
            Tally.requireEqualResults(
                    Stream.concat(calls.stream(), creations.stream()).toList());
            return new Part(id(), rows(calls, creations, kinds), notes(kinds));
        }
    }

    private static List<Tally> measured(int warmUpSeconds, int turns, List<Task> tasks) {
        Task.warmUp(warmUpSeconds, tasks);
        return Task.interleave(turns, tasks);
    }

    private static List<Row> rows(List<Tally> calls, List<Tally> creations, MemoryKinds kinds) {
        Kind ours = new Kind(calls.get(0), calls.get(1), creations.get(0));
        Kind other = new Kind(calls.get(2), calls.get(3), creations.get(1));
        Figure nodeWarm = spread("node, warm call", calls.get(4).samples(ScriptWorkload.WARM));
        Figure nodeCreate =
                spread("node, createContext + evaluate", creations.get(2).samples(ScriptWorkload.CREATE));
        double warm = ours.warm().median();
        double stamp = ours.stamp().median();
        return List.of(
                new Row(
                        "JavaScript, 20 KB: stamp",
                        spread("", ours.stamp()),
                        List.of(spread(kinds.otherLabel(), other.stamp())),
                        Bar.atMost("p50 <= 100 µs", stamp, STAMP_NANOS_MAX)),
                new Row(
                        "JavaScript, 20 KB: stamp + first call + close",
                        spread("", ours.first()),
                        List.of(
                                spread("warm call", ours.warm()),
                                spread("of it the call", ours.call()),
                                spread("of it close", ours.close()),
                                spread(kinds.otherLabel(), other.first()),
                                spread(kinds.label("warm call"), other.warm()),
                                nodeWarm),
                        Bar.atMost("p50 <= warm call + 250 µs", ours.first().median(), warm + FIRST_NANOS_MAX)),
                new Row(
                        "JavaScript, 20 KB: create + evaluate, no snapshot",
                        spread("", ours.create()),
                        List.of(spread(kinds.otherLabel(), other.create()), nodeCreate),
                        Bar.atLeast("p50 >= 50 times the stamp", ours.create().median(), CREATE_TIMES_MIN * stamp)));
    }

    private static List<String> notes(MemoryKinds kinds) {
        return List.of(
                kinds.note(),
                "A call of a script is handed over to one of the host's own threads and back, which is part of "
                        + "every figure of one; node calls a function on the same thread.");
    }

    static Figure spread(String label, Samples samples) {
        return new Figure.Spread(label, samples, Unit.NANOSECONDS);
    }

    /// What was measured of one kind of memory.
    private record Kind(Samples warm, Samples first, Samples stamp, Samples call, Samples close, Samples create) {
        Kind(Tally warm, Tally first, Tally create) {
            this(
                    warm.samples(ScriptWorkload.WARM),
                    first.samples(ScriptWorkload.FIRST),
                    first.samples(ScriptWorkload.STAMP),
                    first.samples(ScriptWorkload.CALL),
                    first.samples(ScriptWorkload.CLOSE),
                    create.samples(ScriptWorkload.CREATE));
        }
    }
}
