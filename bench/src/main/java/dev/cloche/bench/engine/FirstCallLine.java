package dev.cloche.bench.engine;

import static dev.cloche.bench.engine.StampLine.spread;

import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.MannWhitney;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Samples;
import dev.cloche.bench.report.Unit;
import dev.cloche.bench.worker.Tally;
import dev.cloche.bench.worker.Task;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.util.List;

/// The first call to an installed extension in a host that was opened just now.
final class FirstCallLine implements Line {
    private static final int HOSTS = 200;
    private static final int WARM_UP_HOSTS = 20;
    private static final double P95_NANOS_MAX = 50e6;
    private static final double P_MAX = 0.01;

    @Override
    public String id() {
        return "first-call";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            Worker hosts = workers.jvm("hosts", List.of(), HostWorkload.class);
            List<Task> tasks =
                    List.of(new Task(hosts, HostWorkload.COLD, 1), new Task(hosts, HostWorkload.PREWARMED, 1));
            Task.interleave(WARM_UP_HOSTS, tasks);
            List<Tally> tallies = Task.interleave(HOSTS, tasks);
            List<Tally> ever = Task.interleave(effort.of(5, 20), List.of(new Task(hosts, HostWorkload.EVER, 1)));
            Tally.requireEqualResults(List.of(tallies.get(0), tallies.get(1), ever.getFirst()));
            return new Part(
                    id(),
                    rows(
                            tallies.get(0).samples(HostWorkload.COLD),
                            tallies.get(1).samples(HostWorkload.PREWARMED),
                            ever.getFirst().samples(HostWorkload.EVER)),
                    List.of(HOSTS + " hosts of each kind, one after the other in one JVM, in turns; with prewarm 2 the "
                            + "call comes once the host has prewarmed."));
        }
    }

    private static List<Row> rows(Samples cold, Samples prewarmed, Samples ever) {
        MannWhitney test = MannWhitney.of(prewarmed, cold);
        boolean lower = prewarmed.p95() < cold.p95();
        return List.of(
                new Row(
                        "first invocation in a fresh host, prewarm 2",
                        spread("", prewarmed),
                        List.of(spread("prewarm 0", cold), spread("first ever, nothing cached", ever)),
                        Bar.of("p95 < 50 ms and below prewarm 0's", prewarmed.p95() < P95_NANOS_MAX && lower)),
                new Row(
                        "prewarm 2 is below prewarm 0 (Mann-Whitney)",
                        new Figure.Single("", test.pLess(), Unit.PROBABILITY),
                        List.of(),
                        Bar.of("p < 0.01", test.pLess() < P_MAX)));
    }
}
