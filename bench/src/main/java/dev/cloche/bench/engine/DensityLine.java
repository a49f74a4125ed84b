package dev.cloche.bench.engine;

import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Unit;
import dev.cloche.bench.worker.Answer;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.util.List;

/// What many isolates hold.
final class DensityLine implements Line {
    private static final int ISOLATES = 1_000;
    private static final int ISOLATES_OTHER = 200;
    private static final int CALLS = 10;
    private static final double IDLE_BYTES_MAX = 300 << 10;
    private static final double USED_BYTES_MAX = 450 << 10;

    /// The whole heap is resident from the start, so that what isolates add to resident memory is not heap.
    private static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    @Override
    public String id() {
        return "density";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            MemoryKinds kinds = MemoryKinds.here();
            Worker ours = workers.jvm("cloche", FLAGS, DensityWorkload.class, MemoryKinds.DEFAULT);
            Answer idle = ours.measure(DensityWorkload.IDLE, ISOLATES);
            Answer used = ours.measure(DensityWorkload.USED, CALLS);
            Worker other = workers.jvm(kinds.other(), FLAGS, DensityWorkload.class, kinds.other());
            Answer otherIdle = other.measure(DensityWorkload.IDLE, ISOLATES_OTHER);
            Answer otherUsed = other.measure(DensityWorkload.USED, CALLS);
            return new Part(
                    id(),
                    List.of(
                            row(
                                    "each of 1,000 stamped isolates holds, idle",
                                    kinds,
                                    idle,
                                    otherIdle,
                                    "<= 300 KiB",
                                    IDLE_BYTES_MAX),
                            row(
                                    "each holds after ten calls and a reset",
                                    kinds,
                                    used,
                                    otherUsed,
                                    "<= 450 KiB",
                                    USED_BYTES_MAX)),
                    List.of("What isolates hold is resident memory (PSS) and used Java heap together, less what the "
                            + "process held before; " + ISOLATES_OTHER + " isolates with " + kinds.otherLabel()
                            + ". Flags: "
                            + String.join(" ", FLAGS) + "."));
        }
    }

    private static Row row(String measure, MemoryKinds kinds, Answer ours, Answer other, String bar, double limit) {
        double total = value(ours, DensityWorkload.TOTAL);
        return new Row(
                measure,
                bytes("", total),
                List.of(
                        bytes("of that Java heap", value(ours, DensityWorkload.HEAP)),
                        bytes("by RSS instead of PSS", value(ours, DensityWorkload.RSS)),
                        bytes("page tables, not counted in", value(ours, DensityWorkload.PAGE_TABLES)),
                        bytes(kinds.otherLabel(), value(other, DensityWorkload.TOTAL))),
                Bar.atMost(bar, total, limit));
    }

    private static double value(Answer answer, String series) {
        return answer.only(series);
    }

    private static Figure bytes(String label, double value) {
        return new Figure.Single(label, value, Unit.BYTES);
    }
}
