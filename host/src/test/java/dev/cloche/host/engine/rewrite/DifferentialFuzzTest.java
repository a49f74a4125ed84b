package dev.cloche.host.engine.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Split modules do what they did before. More modules with `-Dcloche.fuzz.modules=N`, others with
/// `-Dcloche.fuzz.seed=N`, which also replays a seed that a failure names.
class DifferentialFuzzTest {
    private static final int MODULES = 300;
    private static final int REFUSED_PERCENT_MAX = 3;

    private static final Pipeline SPLIT = (wasm, seed) -> Pipeline.Subject.compiled(
            new SplitPass(FuzzOptions.pick(seed)).run(wasm).wasm());

    private static final DifferentialFuzz.Baseline BASELINE = new DifferentialFuzz.Baseline();

    @TempDir
    Path folder;

    @Test
    void splitModulesBehaveAsBefore(TestReporter reporter) {
        behavesAsBefore(SPLIT, NodeRun.find(), reporter);
    }

    @Test
    void modulesBehaveAsBeforeOnAllThatTheHostMakesOfThem(TestReporter reporter) {
        try (var pipeline = new ClochePipeline()) {
            // V8 has compared the module; what is compared here is how it runs.
            behavesAsBefore(pipeline, Optional.empty(), reporter);
        }
    }

    private void behavesAsBefore(Pipeline pipeline, Optional<NodeRun> node, TestReporter reporter) {
        int modules = Integer.getInteger("cloche.fuzz.modules", MODULES);
        var fuzz = new DifferentialFuzz(pipeline, BASELINE, node, folder);
        fuzz.run(Long.getLong("cloche.fuzz.seed", 1), modules);
        reporter.publishEntry("fuzz", fuzz.summary());
        assertThat(fuzz.differences()).as(fuzz.summary()).isEmpty();
        assertThat(fuzz.refused()).isLessThanOrEqualTo(1 + modules * REFUSED_PERCENT_MAX / 100);
    }
}
