package dev.cloche.bench.engine;

import static dev.cloche.bench.engine.StampLine.spread;

import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.GeometricMean;
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

/// What counting fuel costs: the same guests, split and compiled by the host alike, with it and without.
final class FuelLine implements Line {
    private static final double MEAN_MAX = 1.25;
    private static final double EACH_MAX = 1.8;

    @Override
    public String id() {
        return "fuel";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            Worker on = workers.jvm("fuel-on", List.of(), FuelWorkload.class, FuelWorkload.ON);
            Worker off = workers.jvm("fuel-off", List.of(), FuelWorkload.class, FuelWorkload.OFF);
            List<String> names = new ArrayList<>(FuelWorkload.KERNELS.keySet());
            if (FuelWorkload.hasCoreMark()) {
                names.add(FuelWorkload.COREMARK);
            }
            names.addAll(SpeedTests.NAMES);
            for (Worker each : List.of(on, off)) {
                Task.warmUp(
                        effort.of(10, 30),
                        names.stream().map(name -> new Task(each, name, 1)).toList());
            }
            List<Row> rows = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (String name : names) {
                List<Tally> tallies =
                        Task.interleave(effort.of(5, 15), List.of(new Task(on, name, 1), new Task(off, name, 1)));
                Tally.requireEqualResults(tallies);
                Samples with = tallies.get(0).samples(name);
                Samples without = tallies.get(1).samples(name);
                double ratio = with.median() / without.median();
                ratios.add(ratio);
                rows.add(new Row(
                        "fuel counted: " + name,
                        spread("", with),
                        List.of(spread("not counted", without)),
                        Bar.atMost("<= 1.8x (" + Unit.RATIO.text(ratio) + ")", ratio, EACH_MAX)));
            }
            rows.addFirst(mean(ratios));
            return new Part(id(), rows, notes());
        }
    }

    private static Row mean(List<Double> ratios) {
        double mean = GeometricMean.of(ratios);
        List<Figure> beside = FuelWorkload.hasCoreMark()
                ? List.of()
                : List.of(new Figure.Missing(
                        "CoreMark", "bench/target/coremark.wasm is not there; bench/guests/coremark.sh builds it"));
        return new Row(
                "fuel counted against not counted: geometric mean of all that follow",
                new Figure.Single("", mean, Unit.RATIO),
                beside,
                Bar.atMost("<= 1.25x", mean, MEAN_MAX));
    }

    private static List<String> notes() {
        return List.of("Fuel: both sides are split and compiled alike; the one that does not count polls a flag. The "
                + "kernels are those of bench/guests/kernels.c: fib(30), SHA-256 of 64 MiB, a Mandelbrot set of 300 by "
                + "300 points with 200 iterations, 100 sums of a MiB; the others are the six tests of the bare script "
                + "engine.");
    }
}
