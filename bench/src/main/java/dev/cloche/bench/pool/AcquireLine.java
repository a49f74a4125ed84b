package dev.cloche.bench.pool;

import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Samples;
import dev.cloche.bench.report.Unit;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Taking an object and giving it back, alone and among many threads, in this pool and in others.
final class AcquireLine implements Line {
    private static final List<Integer> THREADS = List.of(1, 2, 16, 100, 1_000);
    private static final List<String> PEERS =
            List.of(PoolWorkload.CLOCHE, PoolWorkload.STORMPOT, PoolWorkload.COMMONS, PoolWorkload.COMMONS_FAIR);

    private static final List<Integer> CALLERS = List.of(1, 16);

    private static final double CALL_NANOS_MAX = 2_000;
    private static final double NOT_BEHIND = 0.9;
    private static final double AHEAD = 1;
    private static final double BYTES_MAX = 64;

    @Override
    public String id() {
        return "acquire";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        Map<String, Map<String, List<Double>>> byOperation = new LinkedHashMap<>();
        for (int fork = 0; fork < effort.of(1, 5); fork++) {
            for (String peer : PEERS) {
                fork(peer, effort, byOperation);
            }
        }
        List<Row> rows = new ArrayList<>();
        byOperation.forEach((operation, byPeer) -> rows.add(row(operation, byPeer)));
        return new Part(
                id(),
                rows,
                List.of(
                        "Pool: eight objects that do nothing; the time of the whole by acquisitions and releases.",
                        "One value is half a second of one JVM; full runs have five of each pool, in turns.",
                        "Calls are made of isolates of guests/hello in all pools, `echo` of nothing, and are the same"
                                + " there.",
                        "Virtual threads yield after each 1,024 cycles.",
                        "Cloche serves waiters in order of arrival, as commons-pool2 does where it says fair.",
                        "Stormpot, and commons-pool2 as it comes, let whoever runs pass those that wait.",
                        "Wait: 32 platform threads keep an object for 1 ms, and with what parking takes on top ask for"
                                + " 0.95",
                        "of what there is. Counted from when each should have asked; the 99th percentile."));
    }

    private static void fork(String peer, Effort effort, Map<String, Map<String, List<Double>>> into) {
        try (Workers workers = new Workers()) {
            Worker worker = workers.jvm(peer, List.of(), PoolWorkload.class, peer);
            for (String operation : operations()) {
                var _ = worker.measure(operation, effort.of(1, 2));
                List<Double> values = worker.measure(operation, 1).series().get(operation);
                into.computeIfAbsent(operation, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(peer, _ -> new ArrayList<>())
                        .addAll(values == null ? List.of() : values);
            }
        }
    }

    private static List<String> operations() {
        List<String> operations = new ArrayList<>();
        for (String kind : List.of(PoolWorkload.PLATFORM, PoolWorkload.VIRTUAL)) {
            THREADS.forEach(threads -> operations.add(kind + threads));
        }
        CALLERS.forEach(threads -> operations.add(PoolWorkload.CALL + threads));
        operations.add(PoolWorkload.WAIT);
        operations.add(PoolWorkload.ALLOCATION);
        return operations;
    }

    private static Row row(String operation, Map<String, List<Double>> byPeer) {
        List<Figure> figures = new ArrayList<>();
        Unit unit = operation.equals(PoolWorkload.ALLOCATION) ? Unit.BYTES : Unit.NANOSECONDS;
        byPeer.forEach((peer, values) ->
                figures.add(new Figure.Spread(peer.equals(PoolWorkload.CLOCHE) ? "" : peer, Samples.of(values), unit)));
        double ours = median(byPeer, PoolWorkload.CLOCHE);
        double better = Math.min(median(byPeer, PoolWorkload.STORMPOT), median(byPeer, PoolWorkload.COMMONS));
        return new Row(
                measure(operation),
                figures.getFirst(),
                figures.subList(1, figures.size()),
                bar(operation, ours, better));
    }

    private static double median(Map<String, List<Double>> byPeer, String peer) {
        return Samples.of(byPeer.getOrDefault(peer, List.of())).median();
    }

    private static String measure(String operation) {
        return switch (operation) {
            case PoolWorkload.WAIT -> "wait for an object, nearly all in use, p99";
            case PoolWorkload.ALLOCATION -> "bytes allocated by an acquisition and release";
            case PoolWorkload.CALL + 1 -> "acquire, call a WebAssembly guest, release, p50";
            case PoolWorkload.CALL + 16 -> "the same, 16 platform threads";
            default -> "acquire and release, threads: " + operation.replace('-', ' ');
        };
    }

    private static Bar bar(String operation, double ours, double better) {
        String times = " (" + Unit.RATIO.text(better / ours) + ")";
        return switch (operation) {
            case PoolWorkload.WAIT -> Bar.atLeast("at most the better peer's" + times, better / ours, AHEAD);
            case PoolWorkload.ALLOCATION -> Bar.atMost("<= 64 B", ours, BYTES_MAX);
            case PoolWorkload.CALL + 1 -> Bar.atMost("p50 <= 2 µs", ours, CALL_NANOS_MAX);
            case "platform-1", "platform-100", "virtual-1", "virtual-100" ->
                Bar.atLeast("ahead of both peers" + times, better / ours, AHEAD);
            default -> Bar.atLeast(">= 0.9x the better peer" + times, better / ours, NOT_BEHIND);
        };
    }
}
