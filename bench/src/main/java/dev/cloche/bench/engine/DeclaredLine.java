package dev.cloche.bench.engine;

import static dev.cloche.bench.engine.StampLine.spread;

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
import java.util.ArrayList;
import java.util.List;

/// Whether an isolate's price depends on the memory that its module declares.
final class DeclaredLine implements Line {
    private static final double APART_MAX = 1.5;
    private static final int PER_TURN = 10;

    @Override
    public String id() {
        return "declared";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            MemoryKinds kinds = MemoryKinds.here();
            Worker ours = workers.jvm("cloche", List.of(), DeclaredWorkload.class, MemoryKinds.DEFAULT);
            Worker other = workers.jvm(kinds.other(), List.of(), DeclaredWorkload.class, kinds.other());
            List<Task> tasks = new ArrayList<>();
            for (int mib : DeclaredWorkload.SIZES) {
                tasks.add(new Task(ours, String.valueOf(mib), PER_TURN));
                tasks.add(new Task(other, String.valueOf(mib), mib > PER_TURN * PER_TURN ? 1 : PER_TURN));
            }
            Task.warmUp(effort.of(4, 20), tasks);
            List<Tally> tallies = Task.interleave(effort.of(20, 100), tasks);
            Tally.requireEqualResults(tallies);
            return new Part(id(), rows(tallies, kinds), List.of());
        }
    }

    private static List<Row> rows(List<Tally> tallies, MemoryKinds kinds) {
        List<Row> rows = new ArrayList<>();
        List<Double> medians = new ArrayList<>();
        for (int i = 0; i < DeclaredWorkload.SIZES.size(); i++) {
            Samples ours = tallies.get(2 * i).samples(DeclaredWorkload.RUN);
            Samples other = tallies.get(2 * i + 1).samples(DeclaredWorkload.RUN);
            medians.add(ours.median());
            rows.add(new Row(
                    "wasm: instantiate + call + close, " + DeclaredWorkload.SIZES.get(i) + " MiB declared",
                    spread("", ours),
                    List.of(spread(kinds.otherLabel(), other)),
                    Bar.NONE));
        }
        Samples all = Samples.of(medians);
        double apart = all.percentile(1) / all.smallest();
        rows.add(new Row(
                "wasm: slowest of the three against fastest",
                new Figure.Single("", apart, Unit.RATIO),
                List.of(),
                Bar.atMost("<= 1.5x, by medians", apart, APART_MAX)));
        return rows;
    }
}
