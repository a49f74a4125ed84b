package dev.cloche.host.engine.rewrite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.endive.wasm.WasmEngineException;

/// Compares generated modules that went through a pipeline with the same modules as they were: what calls give,
/// globals, memory, traps, what the host is told.
///
/// A module that the engine refuses as it was cannot be compared; there are a few, because the engine has its own
/// faults. One that it refuses only after the pipeline is a difference.
final class DifferentialFuzz {
    private static final int BATCH = 250;

    private final Pipeline pipeline;
    private final Baseline baseline;
    private final Optional<NodeRun> node;
    private final Path folder;
    private final List<String> differences = new ArrayList<>();
    private final List<NodeRun.Pair> batch = new ArrayList<>();
    private int compared;
    private int comparedOnV8;
    private int refused;
    private long lines;
    private long traps;

    /// @param baseline what to compare with
    /// @param node where to compare as well
    /// @param folder for the files that node reads and writes
    DifferentialFuzz(Pipeline pipeline, Baseline baseline, Optional<NodeRun> node, Path folder) {
        this.pipeline = pipeline;
        this.baseline = baseline;
        this.node = node;
        this.folder = folder;
    }

    /// What modules do as they are. Kept, so that several pipelines can be compared with it.
    static final class Baseline {
        private final Map<Long, Optional<Observation>> known = new HashMap<>();

        /// Null for a module that the engine refuses.
        @Nullable
        Observation observe(ModuleLayout.TestModule module) {
            return known.computeIfAbsent(module.seed(), seed -> run(module)).orElse(null);
        }

        private static Optional<Observation> run(ModuleLayout.TestModule module) {
            try {
                var subject = Pipeline.NOTHING.prepare(module.wasm(), module.seed());
                return Optional.of(EndiveRun.observe(module, subject));
            } catch (WasmEngineException | LinkageError | IndexOutOfBoundsException e) {
                return Optional.empty();
            }
        }
    }

    /// What did not stay the same, each with the seed that shows it again.
    List<String> differences() {
        return differences;
    }

    int compared() {
        return compared;
    }

    /// Modules that the engine does not even take as they are.
    int refused() {
        return refused;
    }

    void run(long firstSeed, int modules) {
        for (long seed = firstSeed; seed < firstSeed + modules; seed++) {
            compare(ModuleGenerator.generate(seed));
            if (batch.size() == BATCH) {
                compareOnV8();
            }
        }
        compareOnV8();
    }

    /// Whether a module is the same after the pipeline; noted if not.
    boolean compare(ModuleLayout.TestModule generated) {
        long seed = generated.seed();
        Observation expected = baseline.observe(generated);
        if (expected == null) {
            refused++;
            return true;
        }
        String difference;
        try {
            var subject = pipeline.prepare(generated.wasm(), seed);
            var actual = EndiveRun.observe(generated, subject);
            difference = expected.exhausted() || actual.exhausted() ? "" : expected.difference(actual);
            if (node.isPresent()) {
                batch.add(new NodeRun.Pair(generated, subject.wasm()));
            }
        } catch (RuntimeException | LinkageError e) {
            difference = "no longer runs: " + e.toString().lines().findFirst().orElse("");
        }
        compared++;
        lines += expected.lines().size();
        traps += expected.traps();
        return note(seed, "Endive", difference);
    }

    private void compareOnV8() {
        if (batch.isEmpty() || node.isEmpty()) {
            return;
        }
        var seen = node.get().observe(batch, folder);
        for (int i = 0; i < seen.size(); i++) {
            var original = seen.get(i).original();
            var transformed = seen.get(i).transformed();
            comparedOnV8++;
            if (!original.exhausted() && !transformed.exhausted()) {
                note(batch.get(i).original().seed(), "V8", original.difference(transformed));
            }
        }
        batch.clear();
    }

    private boolean note(long seed, String engine, String difference) {
        if (!difference.isEmpty()) {
            differences.add("seed " + seed + " on " + engine + ", " + difference);
        }
        return difference.isEmpty();
    }

    /// What was compared, in one line.
    String summary() {
        return String.format(
                Locale.ROOT,
                "%d modules compared on Endive (%d lines, %d traps; %d that it refuses as they are), %s",
                compared,
                lines,
                traps,
                refused,
                node.isPresent() ? comparedOnV8 + " on V8" : "none on V8: node is not on the PATH");
    }
}
