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
import dev.cloche.bench.worker.Task;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How soon a guest that never ends is stopped, and what is left to a neighbour of eight that never end.
final class StopLine implements Line {
    private static final double P99 = 0.99;
    private static final double LATE_NANOS_MAX = 5e6;
    private static final double BESIDE_NANOS_MAX = 40e6;
    private static final double SHARE_MIN = 0.7;

    @Override
    public String id() {
        return "stop";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        List<Row> rows = new ArrayList<>();
        try (Workers workers = new Workers()) {
            Worker host = workers.jvm("cloche", List.of(), StopWorkload.class);
            for (String kind : StopWorkload.KINDS) {
                for (String thread : StopWorkload.THREADS) {
                    rows.add(stop(host, kind, thread, effort.of(100, 1_000)));
                }
            }
            Samples quiet = samples(host, StopWorkload.QUIET, effort.of(200, 1_000));
            for (String threads : List.of("platform", "virtual", "both")) {
                rows.addAll(beside(host, threads, quiet, effort.of(100, 500)));
            }
        }
        return new Part(id(), rows, notes());
    }

    private static Samples samples(Worker host, String operation, int count) {
        return Task.interleave(1, List.of(new Task(host, operation, count)))
                .getFirst()
                .samples(operation);
    }

    private static Row stop(Worker host, String kind, String thread, int runs) {
        String operation = "stop-" + kind + "-" + thread;
        samples(host, operation, Math.max(20, runs / 10));
        Samples late = samples(host, operation, runs);
        double p99 = late.percentile(P99);
        return new Row(
                "an endless guest returns after its deadline: " + kind + ", called on a " + thread + " thread",
                spread("", late),
                List.of(new Figure.Single("p99", p99, Unit.NANOSECONDS)),
                Bar.atMost("p99 <= 5 ms", p99, LATE_NANOS_MAX));
    }

    private static List<Row> beside(Worker host, String threads, Samples quiet, int calls) {
        Samples beside = samples(host, "beside-" + threads, calls);
        double p99 = beside.percentile(P99);
        double quietP99 = quiet.percentile(P99);
        // All of them want a processor all the time, and have as many as there are.
        double fair = Math.min(1, Runtime.getRuntime().availableProcessors() / (StopWorkload.SPINNERS + 1.0));
        double mean = Arrays.stream(beside.values()).average().orElseThrow();
        double share = quiet.median() / mean / fair;
        String who = "a call of 5 ms beside eight endless guests, threads: " + threads;
        return List.of(
                new Row(
                        who,
                        spread("", beside),
                        List.of(
                                new Figure.Single("p99", p99, Unit.NANOSECONDS),
                                spread("quiet", quiet),
                                new Figure.Single("quiet, p99", quietP99, Unit.NANOSECONDS)),
                        Bar.atMost("p99 <= quiet p99 + 40 ms", p99, quietP99 + BESIDE_NANOS_MAX)),
                new Row(
                        who + ": its throughput, of a fair share",
                        new Figure.Single("", share, Unit.RATIO),
                        List.of(),
                        Bar.atLeast(">= 0.7x", share, SHARE_MIN)));
    }

    private static List<String> notes() {
        return List.of(
                "Stop: the timeout is 10 ms; what stands here is by how much the caller of the host has its reply"
                        + " later. Interpreted: the loop is too long for a JVM method, so Endive interprets it.",
                "Beside: nine guests want a processor all the time; a fair share of the processors is a ninth of them"
                        + " for each. The neighbour is called on a platform thread, one call after the other.");
    }
}
