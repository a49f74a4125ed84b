package dev.cloche.bench.engine;

import static dev.cloche.bench.engine.StampLine.spread;

import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Samples;
import dev.cloche.bench.worker.Tally;
import dev.cloche.bench.worker.Task;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.util.ArrayList;
import java.util.List;

/// What a call across the border costs, either way.
final class CallLine implements Line {
    private static final double IN_NANOS_MAX = 25;
    private static final double OUT_NANOS_MAX = 15;

    @Override
    public String id() {
        return "calls";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            List<Worker> peers = new ArrayList<>();
            MemoryKinds kinds = MemoryKinds.here();
            for (String kind : List.of(MemoryKinds.DEFAULT, kinds.other(), CallWorkload.ENDIVE)) {
                peers.add(workers.jvm(kind, List.of(), CallWorkload.class, kind));
            }
            return new Part(
                    id(),
                    List.of(
                            row(kinds, "host calls guest", CallWorkload.IN, IN_NANOS_MAX, peers, effort),
                            row(kinds, "guest calls host", CallWorkload.OUT, OUT_NANOS_MAX, peers, effort)),
                    List.of("Calls: a mean over a million calls is one value. Endive is as it comes, with its "
                            + "ByteArrayMemory."));
        }
    }

    private static Row row(
            MemoryKinds kinds, String measure, String operation, double limit, List<Worker> peers, Effort effort) {
        List<Task> tasks =
                peers.stream().map(peer -> new Task(peer, operation, 5)).toList();
        Task.warmUp(effort.of(2, 6), tasks);
        List<Tally> tallies = Task.interleave(effort.of(5, 20), tasks);
        Tally.requireEqualResults(tallies);
        List<Samples> samples =
                tallies.stream().map(tally -> tally.samples(operation)).toList();
        List<Figure> beside = List.of(spread(kinds.otherLabel(), samples.get(1)), spread("Endive", samples.get(2)));
        return new Row(
                measure,
                spread("", samples.getFirst()),
                beside,
                Bar.atMost("p50 <= " + (int) limit + " ns", samples.getFirst().median(), limit));
    }
}
