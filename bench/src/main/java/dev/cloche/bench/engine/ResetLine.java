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

/// What it costs to bring an isolate back to its snapshot, and what that depends on.
final class ResetLine implements Line {
    private static final double RESET_NANOS_MAX = 30e3;
    private static final double GROWTH_MAX = 1.5;
    private static final List<Integer> IMAGES_MIB = List.of(1, 16, 64);
    private static final List<Integer> PAGES = List.of(1, 16, 128);
    private static final int PAGES_OF_ALL = 16;
    private static final int IMAGE_OF_ALL = 16;
    private static final int PER_TURN = 20;

    @Override
    public String id() {
        return "reset";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        List<Row> rows = new ArrayList<>();
        MemoryKinds kinds = MemoryKinds.here();
        rows.add(script(kinds, effort));
        rows.addAll(images(kinds, effort));
        return new Part(
                id(),
                rows,
                List.of("The images of 1, 16 and 64 MiB have something on each page; a call writes to some of them, a "
                        + "page being 4 KiB. The guest is WebAssembly and runs on the caller's thread."));
    }

    private static Row script(MemoryKinds kinds, Effort effort) {
        try (Workers workers = new Workers()) {
            Worker ours = workers.jvm("cloche", List.of(), ScriptWorkload.class, MemoryKinds.DEFAULT);
            Worker other = workers.jvm(kinds.other(), List.of(), ScriptWorkload.class, kinds.other());
            List<Task> tasks = new ArrayList<>();
            for (Worker worker : List.of(ours, other)) {
                tasks.add(new Task(worker, ScriptWorkload.WARM, PER_TURN));
                tasks.add(new Task(worker, ScriptWorkload.RESET, PER_TURN));
            }
            Task.warmUp(effort.of(16, 60), tasks);
            List<Tally> tallies = Task.interleave(effort.of(50, 200), tasks);
            Tally.requireEqualResults(tallies);
            Samples warm = tallies.get(0).samples(ScriptWorkload.WARM);
            Samples reset = tallies.get(1).samples(ScriptWorkload.RESET);
            return new Row(
                    "JavaScript, 20 KB: reset + next call",
                    spread("", reset),
                    List.of(
                            spread("warm call", warm),
                            spread(kinds.otherLabel(), tallies.get(3).samples(ScriptWorkload.RESET)),
                            spread(kinds.label("warm call"), tallies.get(2).samples(ScriptWorkload.WARM))),
                    Bar.atMost("p50 <= warm call + 30 µs", reset.median(), warm.median() + RESET_NANOS_MAX));
        }
    }

    private static List<Row> images(MemoryKinds kinds, Effort effort) {
        try (Workers workers = new Workers()) {
            List<Task> tasks = new ArrayList<>();
            for (int mib : IMAGES_MIB) {
                Worker ours = image(workers, MemoryKinds.DEFAULT, mib);
                Worker other = image(workers, kinds.other(), mib);
                for (int pages : mib == IMAGE_OF_ALL ? PAGES : List.of(PAGES_OF_ALL)) {
                    tasks.add(new Task(ours, String.valueOf(pages), PER_TURN));
                    tasks.add(new Task(other, String.valueOf(pages), PER_TURN));
                }
            }
            Task.warmUp(effort.of(6, 20), tasks);
            return imageRows(kinds, tasks, Task.interleave(effort.of(10, 50), tasks));
        }
    }

    private static Worker image(Workers workers, String memory, int mib) {
        return workers.jvm(memory + "-" + mib, List.of(), ImageWorkload.class, memory, String.valueOf(mib));
    }

    private static List<Row> imageRows(MemoryKinds kinds, List<Task> tasks, List<Tally> tallies) {
        double smallest = tallies.getFirst().samples(ImageWorkload.RESET).median();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i += 2) {
            String mib = tasks.get(i).worker().name().replace(MemoryKinds.DEFAULT + "-", "");
            int pages = Integer.parseInt(tasks.get(i).operation());
            Samples ours = tallies.get(i).samples(ImageWorkload.RESET);
            Figure other = spread(kinds.otherLabel(), tallies.get(i + 1).samples(ImageWorkload.RESET));
            boolean comparable = pages == PAGES_OF_ALL && i > 0;
            rows.add(new Row(
                    "reset + next call, image of " + mib + " MiB, pages written: " + pages,
                    spread("", ours),
                    List.of(other),
                    comparable
                            ? Bar.atMost("p50 <= 1.5 times that of 1 MiB", ours.median(), GROWTH_MAX * smallest)
                            : Bar.NONE));
        }
        return rows;
    }
}
