package dev.cloche.bench.command;

import dev.cloche.bench.area.Area;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.engine.BudgetsArea;
import dev.cloche.bench.engine.EngineArea;
import dev.cloche.bench.hostcall.HostcallArea;
import dev.cloche.bench.pool.PoolArea;
import dev.cloche.bench.report.JsonReport;
import dev.cloche.bench.report.Machine;
import dev.cloche.bench.report.MarkdownReport;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Report;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.TextReport;
import dev.cloche.bench.report.Verdict;
import dev.cloche.bench.worker.Jvm;
import dev.cloche.bench.worker.Stopwatch;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// The command `cloche bench`: measures an area and prints its table.
public final class BenchCommand {
    static final int OK = 0;
    static final int MISSED = 1;
    static final int USAGE = 2;

    private final List<Area> areas;
    private final PrintStream out;
    private final PrintStream err;

    BenchCommand(List<Area> areas, PrintStream out, PrintStream err) {
        this.areas = areas;
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new BenchCommand(
                        List.of(EngineArea.area(), BudgetsArea.area(), PoolArea.area(), HostcallArea.area()),
                        System.out,
                        System.err)
                .run(List.of(args)));
    }

    /// @return the exit status
    int run(List<String> typed) {
        if (typed.contains("--help") || typed.contains("-h")) {
            out.print(Arguments.usage(areas));
            return OK;
        }
        Arguments arguments;
        try {
            arguments = Arguments.of(areas, typed);
        } catch (UsageException e) {
            err.println("cloche: " + e.getMessage() + "\n");
            err.print(Arguments.usage(areas));
            return USAGE;
        }
        String command = "./cloche bench " + String.join(" ", typed);
        Machine machine = Machine.current().with(Jvm.DEFAULT_FLAGS);
        Report report = new Report(command, arguments.area().title(), machine, measure(arguments));
        out.print(
                switch (arguments.format()) {
                    case TEXT -> TextReport.of(report);
                    case JSON -> JsonReport.of(report);
                    case MARKDOWN -> MarkdownReport.of(report);
                });
        boolean missed = arguments.check() && report.count(Verdict.MISSED) > 0;
        return missed || report.count(Verdict.FAILED) > 0 ? MISSED : OK;
    }

    private List<Part> measure(Arguments arguments) {
        List<Part> parts = new ArrayList<>();
        Stopwatch watch = Stopwatch.start();
        for (Line line : arguments.lines()) {
            err.println("cloche: measuring " + line.id() + " ...");
            parts.add(measure(line, arguments));
        }
        err.println("cloche: all was measured in " + Math.round(watch.seconds()) + " s");
        return parts;
    }

    private Part measure(Line line, Arguments arguments) {
        try {
            return line.measure(arguments.effort());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(line, e);
        } catch (Exception e) {
            return failed(line, e);
        }
    }

    private Part failed(Line line, Exception e) {
        err.println("cloche: " + line.id() + " could not be measured: " + e.getMessage());
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
        return new Part(line.id(), List.of(Row.failed(line.id(), reason)), List.of());
    }
}
