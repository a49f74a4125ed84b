package dev.cloche.bench.hostcall;

import dev.cloche.bench.Checkout;
import dev.cloche.bench.TemporaryFolder;
import dev.cloche.bench.area.Effort;
import dev.cloche.bench.area.Line;
import dev.cloche.bench.engine.HostcallGuests;
import dev.cloche.bench.report.Bar;
import dev.cloche.bench.report.Figure;
import dev.cloche.bench.report.Part;
import dev.cloche.bench.report.Row;
import dev.cloche.bench.report.Samples;
import dev.cloche.bench.report.Unit;
import dev.cloche.bench.worker.Worker;
import dev.cloche.bench.worker.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Hostcalls in both lanes, and what they are made of.
final class HostcallLine implements Line {
    private static final String BARE = "Endive alone, asks nobody";
    private static final String NODE = "node, asks nobody";
    private static final double MICRO = 1e3;
    private static final double TIMES_MAX = 1.5;
    private static final double TICK_NANOS_MAX = 200;
    private static final double DECISION_NANOS_MAX = 50;

    @Override
    public String id() {
        return "hostcall";
    }

    @Override
    public boolean quick() {
        return true;
    }

    @Override
    public Part measure(Effort effort) {
        Map<String, Map<String, List<Double>>> byOperation = new LinkedHashMap<>();
        for (int fork = 0; fork < effort.of(1, 5); fork++) {
            for (String lane : List.of(HostcallWorkload.FAST, HostcallWorkload.COMPAT)) {
                fork(lane, HostcallWorkload.IN_LANES, effort, byOperation);
            }
            fork(HostcallWorkload.FAST, HostcallWorkload.ALONE, effort, byOperation);
            peers(effort, byOperation);
        }
        List<Row> rows = new ArrayList<>();
        HostcallWorkload.IN_LANES.forEach(
                operation -> rows.add(lanes(operation, byOperation.getOrDefault(operation, Map.of()))));
        rows.add(rings(byOperation));
        rows.add(alone(HostcallWorkload.TICK, "scheduler, a macrotask that does nothing", byOperation, TICK_NANOS_MAX));
        rows.add(alone(HostcallWorkload.DECIDE, "policy decision, allowed", byOperation, DECISION_NANOS_MAX));
        rows.add(alone(
                HostcallWorkload.FETCH,
                "policy decision, allowed, http.fetch by host and method",
                byOperation,
                DECISION_NANOS_MAX));
        rows.add(bytes(byOperation));
        return new Part(
                id(),
                rows,
                List.of(
                        "Hostcalls of a stamped isolate of one extension, through policy and quota, as in a host; one"
                                + " thread.",
                        "p50 of batches of 1,000 hostcalls of one call, where it is not said otherwise.",
                        "Queued: an operation that may block and does nothing; each hostcall timed, with the call that"
                                + " makes it.",
                        "Beside the fast lane: the same guest with the compat lane forced. Asks nobody: the same guest"
                                + " with an import that tells the time, without policy, quota, fuel and limits.",
                        "SPSC: elements handed from one thread to another through room for 64, ns an element."));
    }

    private static void fork(
            String lane, List<String> operations, Effort effort, Map<String, Map<String, List<Double>>> into) {
        try (Workers workers = new Workers()) {
            Worker worker = workers.jvm("hostcall-" + lane, List.of(), HostcallWorkload.class, lane);
            for (String operation : operations) {
                var _ = worker.measure(operation, effort.of(1, 2));
                worker.measure(operation, 1)
                        .series()
                        .forEach((name, values) -> into.computeIfAbsent(name, _ -> new LinkedHashMap<>())
                                .computeIfAbsent(lane, _ -> new ArrayList<>())
                                .addAll(values));
            }
        }
    }

    /// The same guest where nothing stands between it and the service.
    private static void peers(Effort effort, Map<String, Map<String, List<Double>>> into) {
        Map<String, List<Double>> clock = into.computeIfAbsent(HostcallWorkload.CLOCK, _ -> new LinkedHashMap<>());
        try (Workers workers = new Workers();
                TemporaryFolder folder = TemporaryFolder.make()) {
            Path module = Files.write(folder.path().resolve("clock.wasm"), HostcallGuests.moduleImporting("clock.now"));
            Map<String, Worker> peers = Map.of(
                    BARE, workers.jvm("endive", List.of(), BareWorkload.class),
                    NODE,
                            workers.program(
                                    "node",
                                    "node",
                                    Checkout.path("bench/peers/hostcalls.mjs").toString(),
                                    module.toString()));
            peers.forEach((name, peer) -> {
                var _ = peer.measure(HostcallWorkload.CLOCK, effort.of(1, 2));
                peer.measure(HostcallWorkload.CLOCK, 1)
                        .series()
                        .values()
                        .forEach(values -> clock.computeIfAbsent(name, _ -> new ArrayList<>())
                                .addAll(values));
            });
        } catch (IOException e) {
            throw new UncheckedIOException("the peers' module cannot be written", e);
        }
    }

    private static Row lanes(String operation, Map<String, List<Double>> byLane) {
        Figure fast = figure("", byLane.getOrDefault(HostcallWorkload.FAST, List.of()), Unit.NANOSECONDS);
        Figure compat =
                figure("compat lane", byLane.getOrDefault(HostcallWorkload.COMPAT, List.of()), Unit.NANOSECONDS);
        List<Figure> beside = new ArrayList<>(List.of(compat));
        for (String peer : List.of(BARE, NODE)) {
            if (byLane.containsKey(peer)) {
                beside.add(figure(peer, byLane.getOrDefault(peer, List.of()), Unit.NANOSECONDS));
            }
        }
        double ours = Samples.of(byLane.getOrDefault(HostcallWorkload.FAST, List.of()))
                .median();
        return new Row(HostcallWorkload.title(operation), fast, beside, bar(operation, ours));
    }

    private static Figure figure(String name, List<Double> values, Unit unit) {
        return values.isEmpty()
                ? new Figure.Missing(name, "not measured")
                : new Figure.Spread(name, Samples.of(values), unit);
    }

    private static Bar bar(String operation, double nanos) {
        return switch (operation) {
            case HostcallWorkload.CLOCK -> Bar.atMost("p50 <= 1 µs, 1,000,000/s", nanos, MICRO);
            case HostcallWorkload.KV -> Bar.atMost("p50 <= 1.5 µs", nanos, 1.5 * MICRO);
            case HostcallWorkload.QUEUED_P50 -> Bar.atMost("p50 <= 25 µs", nanos, 25 * MICRO);
            case HostcallWorkload.AWAIT_QUEUED -> Bar.atMost("p50 <= 40 µs", nanos, 40 * MICRO);
            default -> Bar.NONE;
        };
    }

    private static Row rings(Map<String, Map<String, List<Double>>> byOperation) {
        List<Double> ours = fast(byOperation, HostcallWorkload.RING);
        List<Double> jctools = fast(byOperation, HostcallWorkload.RING_JCTOOLS);
        double times = Samples.of(ours).median() / Samples.of(jctools).median();
        return new Row(
                "SPSC lane, an element",
                figure("", ours, Unit.NANOSECONDS),
                List.of(
                        figure("JCTools", jctools, Unit.NANOSECONDS),
                        figure(
                                "ArrayBlockingQueue",
                                fast(byOperation, HostcallWorkload.RING_BLOCKING),
                                Unit.NANOSECONDS)),
                Bar.atMost("within 1.5x of JCTools (" + Unit.RATIO.text(times) + ")", times, TIMES_MAX));
    }

    private static Row alone(
            String operation, String title, Map<String, Map<String, List<Double>>> byOperation, double limit) {
        List<Double> values = fast(byOperation, operation);
        String text = operation.equals(HostcallWorkload.TICK) ? ">= 5,000,000/s" : "<= 50 ns";
        return new Row(
                title,
                figure("", values, Unit.NANOSECONDS),
                List.of(),
                Bar.atMost(text, Samples.of(values).median(), limit));
    }

    private static Row bytes(Map<String, Map<String, List<Double>>> byOperation) {
        List<Double> values = fast(byOperation, HostcallWorkload.DECIDE_BYTES);
        return new Row(
                "bytes allocated by both decisions",
                figure("", values, Unit.BYTES),
                List.of(),
                Bar.atMost("0 B", Samples.of(values).median(), 0));
    }

    private static List<Double> fast(Map<String, Map<String, List<Double>>> byOperation, String operation) {
        return byOperation.getOrDefault(operation, Map.of()).getOrDefault(HostcallWorkload.FAST, List.of());
    }
}
