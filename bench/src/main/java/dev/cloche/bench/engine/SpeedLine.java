package dev.cloche.bench.engine;

import static dev.cloche.bench.engine.StampLine.spread;

import dev.cloche.bench.Checkout;
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
import dev.cloche.bench.worker.WorkerException;
import dev.cloche.bench.worker.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How fast JavaScript runs once it is warm, against the same script engine as it comes on Endive as it comes.
final class SpeedLine implements Line {
    private static final String OURS = "";
    private static final String UNSPLIT = "engine and Endive as they come";
    private static final String NODE = "node --jitless";
    private static final String WASMTIME = "wasmtime";
    private static final String NO_CLIP = "-XX:-ClipInlining";
    private static final String ENGINE = "host/target/script-engine/npm/node_modules/quickjs-wasi/quickjs.wasm";
    private static final String NOT_INSTALLED = "No module named 'wasmtime'";
    private static final double MEAN_MIN = 8;
    private static final double EACH_MIN = 2;

    @Override
    public String id() {
        return "javascript";
    }

    @Override
    public boolean quick() {
        return false;
    }

    @Override
    public Part measure(Effort effort) {
        try (Workers workers = new Workers()) {
            Map<String, Worker> peers = new LinkedHashMap<>();
            String reason = start(workers, peers);
            for (Worker peer : peers.values()) {
                Task.warmUp(
                        effort.of(5, 20),
                        SpeedTests.NAMES.stream()
                                .map(test -> new Task(peer, test, 1))
                                .toList());
            }
            Map<String, Map<String, Samples>> byTest = tests(peers, effort.of(3, 12));
            List<Row> rows = new ArrayList<>();
            rows.add(meanRow(byTest, reason));
            for (String peer : List.of(NODE, WASMTIME)) {
                rows.add(timesRow(byTest, peer, reason));
            }
            byTest.forEach((test, samples) -> rows.add(row(test, samples)));
            return new Part(id(), rows, notes(reason));
        }
    }

    /// The script engine's file, as its package has it.
    static String engine() {
        return Checkout.path(ENGINE).toString();
    }

    /// @return why wasmtime is not among them; empty if it is
    private static String start(Workers workers, Map<String, Worker> peers) {
        String tests = Checkout.path(SpeedTests.FILE).toString();
        String engine = engine();
        List<String> clip = List.of();
        List<String> noClip = List.of(NO_CLIP);
        MemoryKinds kinds = MemoryKinds.here();
        peers.put(OURS, workers.jvm("cloche", clip, TestsWorkload.class, MemoryKinds.DEFAULT));
        peers.put(NO_CLIP, workers.jvm("cloche-no-clip", noClip, TestsWorkload.class, MemoryKinds.DEFAULT));
        peers.put(kinds.otherLabel(), workers.jvm("other", clip, TestsWorkload.class, kinds.other()));
        peers.put(kinds.label(NO_CLIP), workers.jvm("other-no-clip", noClip, TestsWorkload.class, kinds.other()));
        peers.put(UNSPLIT, workers.jvm("unsplit", List.of(), RawTestsWorkload.class, engine));
        peers.put(
                NODE,
                workers.program(
                        "node",
                        "node",
                        "--jitless",
                        Checkout.path("bench/peers/tests.mjs").toString(),
                        tests));
        try {
            peers.put(
                    WASMTIME,
                    workers.program(
                            "wasmtime",
                            "python3",
                            Checkout.path("bench/peers/tests_wasmtime.py").toString(),
                            engine,
                            tests));
            return "";
        } catch (WorkerException e) {
            if (String.valueOf(e.getMessage()).contains(NOT_INSTALLED)) {
                return "python3 cannot import wasmtime";
            }
            throw e;
        }
    }

    /// What each test came to, by test, then by peer.
    private static Map<String, Map<String, Samples>> tests(Map<String, Worker> peers, int turns) {
        Map<String, Map<String, Samples>> byTest = new LinkedHashMap<>();
        List<String> names = List.copyOf(peers.keySet());
        for (String test : SpeedTests.NAMES) {
            List<Tally> tallies = Task.interleave(
                    turns,
                    peers.values().stream().map(peer -> new Task(peer, test, 1)).toList());
            Tally.requireEqualResults(tallies);
            Map<String, Samples> samples = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                samples.put(names.get(i), tallies.get(i).samples(test));
            }
            byTest.put(test, samples);
        }
        return byTest;
    }

    private static Row meanRow(Map<String, Map<String, Samples>> byTest, String reason) {
        List<Figure> beside = new ArrayList<>();
        for (String peer : byTest.values().iterator().next().keySet()) {
            if (!peer.equals(OURS) && !peer.equals(UNSPLIT)) {
                beside.add(new Figure.Single(peer, mean(byTest, peer), Unit.RATIO));
            }
        }
        if (!reason.isEmpty()) {
            beside.add(new Figure.Missing(WASMTIME, reason));
        }
        double ours = mean(byTest, OURS);
        return new Row(
                "JavaScript, six tests: geometric mean of the speed-ups over the engine as it comes",
                new Figure.Single("", ours, Unit.RATIO),
                beside,
                Bar.atLeast(">= 8x", ours, MEAN_MIN));
    }

    /// How many times a peer's time ours is, with the default flags and with inlining that is not clipped.
    private static Row timesRow(Map<String, Map<String, Samples>> byTest, String peer, String reason) {
        String measure = "JavaScript, six tests: time as a multiple of that of " + peer + ", geometric mean";
        if (peer.equals(WASMTIME) && !reason.isEmpty()) {
            return new Row(measure, new Figure.Missing("", reason), List.of(), Bar.NONE);
        }
        double theirs = mean(byTest, peer);
        return new Row(
                measure,
                new Figure.Single("", theirs / mean(byTest, OURS), Unit.RATIO),
                List.of(new Figure.Single(NO_CLIP, theirs / mean(byTest, NO_CLIP), Unit.RATIO)),
                Bar.NONE);
    }

    private static double mean(Map<String, Map<String, Samples>> byTest, String peer) {
        return GeometricMean.of(
                byTest.values().stream().map(samples -> speedUp(samples, peer)).toList());
    }

    private static double speedUp(Map<String, Samples> samples, String peer) {
        return of(samples, UNSPLIT).median() / of(samples, peer).median();
    }

    private static Samples of(Map<String, Samples> samples, String peer) {
        Samples found = samples.get(peer);
        if (found == null) {
            throw new IllegalStateException("a peer was not measured, peer=" + peer);
        }
        return found;
    }

    private static Row row(String test, Map<String, Samples> samples) {
        List<Figure> beside = samples.entrySet().stream()
                .filter(peer -> !peer.getKey().equals(OURS))
                .map(peer -> spread(peer.getKey(), peer.getValue()))
                .toList();
        double speedUp = speedUp(samples, OURS);
        return new Row(
                "JavaScript: " + test,
                spread("", of(samples, OURS)),
                beside,
                Bar.atLeast(">= 2x the engine as it comes (" + Unit.RATIO.text(speedUp) + ")", speedUp, EACH_MIN));
    }

    private static List<String> notes(String reason) {
        List<String> notes = new ArrayList<>();
        notes.add("JavaScript: every JVM has the default flags, unless a flag stands beside it, and was warmed up by "
                + "itself; then the peers take turns, test by test. The engine as it comes is the same QuickJS, not "
                + "split, compiled by Endive to its own classes, with ByteArrayMemory. No peer counts fuel.");
        if (!reason.isEmpty()) {
            notes.add("wasmtime was not measured: " + reason + "; install it with pip.");
        }
        return notes;
    }
}
