package dev.cloche.host.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cloche.host.conformance.Outcome.Failed;
import dev.cloche.host.conformance.Outcome.NotSupported;
import dev.cloche.host.conformance.Outcome.Passed;
import dev.cloche.host.conformance.Outcome.TextOnly;
import dev.cloche.host.conformance.ScriptResult.Finding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// That the runner tells right from wrong, on scripts of its own; the suite itself is run from the command line.
class ConformanceTest {
    private static final Pipeline RAW = new RawPipeline();
    private static final Pipeline TAMPERED = new TamperedPipeline();
    private static final Pattern ALL = Pattern.compile("");
    private static final String NO_CONVERTER = "no-such-wast2json";

    @TempDir
    Path folder;

    private record Run(int status, String out, String err) {}

    static List<Pipeline> pipelines() {
        return Conformance.PIPELINES;
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void everyKindOfCommandAndValuePasses(Pipeline pipeline) {
        ScriptResult result = play("right", pipeline);
        assertThat(result.failures(pipeline)).isEmpty();
        assertThat(result.count(pipeline, Passed.class))
                .isEqualTo(result.script().commands().size() - 1);
        assertThat(result.count(pipeline, TextOnly.class)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void everyFalseAssertionFails(Pipeline pipeline) {
        ScriptResult result = play("wrong", pipeline);
        // All but the module itself.
        assertThat(result.count(pipeline, Passed.class)).isEqualTo(1);
        assertThat(result.of(pipeline).getFirst()).isEqualTo(Outcome.PASSED);
        assertThat(result.count(pipeline, Failed.class))
                .isEqualTo(result.script().commands().size() - 1);
    }

    @Test
    void aFailureSaysWhatWasExpectedAndWhatHappened() {
        List<String> reasons =
                play("wrong", RAW).failures(RAW).stream().map(Finding::reason).toList();
        assertThat(reasons)
                .contains(
                        "expected [i32:2], got bits [1]",
                        "expected [f32:nan:canonical], got bits [7fe00000]",
                        "expected integer overflow, got trap: Trapped on unreachable instruction",
                        "expected unreachable, got bits [1]",
                        "expected type mismatch, but it was taken");
        assertThat(reasons.getLast()).startsWith("its module did not come to run: unlinkable: ");
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void whatThePipelineDoesNotOfferIsNoFailure(Pipeline pipeline) {
        ScriptResult result = play("vectors", pipeline);
        assertThat(result.of(pipeline)).hasSize(6).allMatch(NotSupported.class::isInstance);
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void aGuestThatNeverEndsIsStoppedAndTheNextOneRuns(Pipeline pipeline) {
        // The compiler's own first use takes long; only the guest is meant to run into the limit.
        play("right", pipeline);
        ScriptResult result = ScriptResult.play(script("endless"), List.of(pipeline), 1_000, 30_000);
        assertThat(result.of(pipeline))
                .containsExactly(Outcome.PASSED, new Failed("stopped after limitMillis=1000"), Outcome.PASSED);
    }

    @Test
    void aGuestThatCannotBeStoppedEndsItsScript() {
        StubbornPipeline stubborn = new StubbornPipeline();
        try {
            ScriptResult result = ScriptResult.play(script("endless"), List.of(stubborn), 50, 50);
            assertThat(result.of(stubborn))
                    .containsExactly(
                            new Failed("would not stop, graceMillis=50"),
                            new Failed("an earlier command of the script would not stop"),
                            new Failed("an earlier command of the script would not stop"));
            assertThat(stubborn.closed()).as("released while a guest may run").isFalse();
        } finally {
            stubborn.letGo();
        }
    }

    @Test
    void whatRawPassesAndAnotherPipelineFailsIsListedAndMakesTheRunFail() throws Exception {
        Run run = run(List.of(RAW, TAMPERED), suiteOf("right"));
        assertThat(run.status()).isEqualTo(Conformance.REGRESSION);
        assertThat(run.out())
                .contains("### Passed by raw, failed by tampered", "expected [i32:42], got bits [2b]")
                .contains("### Failed by raw\n\nNone.");
    }

    @Test
    void whatRawFailsTooIsNoRegression() throws Exception {
        Run run = run(List.of(RAW, new RenamedPipeline("again")), suiteOf("right", "wrong", "vectors"));
        assertThat(run.status()).isEqualTo(Conformance.OK);
        assertThat(run.out()).contains("### Passed by raw, failed by again\n\nNone.");
    }

    @Test
    void theReportCountsByPipelineScriptAndReason() throws Exception {
        Run run = run(List.of(RAW), "--suite=mine", suiteOf("right", "wrong", "vectors"));
        int right = script("right").commands().size() - 1;
        int wrong = script("wrong").commands().size() - 1;
        int all = right + wrong + 2 + 6;
        assertThat(run.out())
                .contains("- Suite: mine\n")
                .contains("| `raw` | " + (right + 1) + " | " + wrong + " | 6 | 1 | " + all + " |")
                .contains("| vectors | 0 / 0 / 6 |")
                .contains("| SIMD: Endive's compiler has neither the type nor the instructions | 6 |");
    }

    @Test
    void onlyTheScriptsAskedForRun() throws Exception {
        Run run = run(List.of(RAW), "--only=^right$", suiteOf("right", "wrong"));
        assertThat(run.out()).contains("| right | ").doesNotContain("| wrong | ");
    }

    @Test
    void aMissingFolderIsNamed() {
        Run run = run(List.of(RAW), folder.resolve("nowhere").toString());
        assertThat(run.status()).isEqualTo(Conformance.USAGE);
        assertThat(run.err()).contains("no such folder", "docs/conformance.md", "nowhere");
    }

    @Test
    void aFolderWithoutScriptsIsNamed() {
        Run run = run(List.of(RAW), folder.toString());
        assertThat(run.status()).isEqualTo(Conformance.USAGE);
        assertThat(run.err()).contains("neither *.json", "nor *.wast", "docs/conformance.md", folder.toString());
    }

    @Test
    void aMissingConverterIsNamedWithTheWayToGetIt() throws Exception {
        copy("right.wast");
        Run run = run(List.of(RAW), "--wast2json=" + NO_CONVERTER, folder.toString());
        assertThat(run.status()).isEqualTo(Conformance.USAGE);
        assertThat(run.err()).contains("wast2json is not on the path", "install wabt");
    }

    @Test
    void usageIsShownWithoutAFolderAndForUnknownOptionsAndPipelines() throws Exception {
        assertThat(run(List.of(RAW)).err()).contains("usage:", "no folder is named");
        assertThat(run(List.of(RAW), "--fast=1", ".").err()).contains("usage:", "option=--fast=1");
        assertThat(run(List.of(RAW), "--pipelines=raw,x", suiteOf("right")).err())
                .isEqualTo("no such pipeline, name=x, known=[raw]\n");
    }

    @Test
    void aFileThatIsNoScriptIsNamed() throws Exception {
        Path json = folder.resolve("other.json");
        Files.writeString(json, "{\"commands\": 1}");
        assertThatThrownBy(() -> Script.read(json, "other"))
                .isInstanceOf(ConformanceException.class)
                .hasMessageContaining("file=" + json);
        Files.writeString(json, "not json");
        assertThatThrownBy(() -> Script.read(json, "other"))
                .isInstanceOf(ConformanceException.class)
                .hasMessageContaining("file=" + json);
    }

    @Test
    void scriptsOfFurtherFoldersAreNamedByTheirWayFromTheFirst() throws Exception {
        Path below = Files.createDirectories(folder.resolve("proposals/more"));
        copy("right.json");
        Files.copy(resource("vectors.json"), below.resolve("vectors.json"));
        Suite suite = Suite.read(List.of(folder, below), folder, new Wast2Json(NO_CONVERTER), ALL);
        assertThat(suite.scripts().stream().map(Script::name)).containsExactly("right", "proposals/more/vectors");
        assertThat(suite.scripts().getLast().folder()).isEqualTo(below);
    }

    private static Script script(String name) {
        return Script.read(resource(name + ".json"), name);
    }

    private static ScriptResult play(String name, Pipeline pipeline) {
        return ScriptResult.play(script(name), List.of(pipeline));
    }

    private static Run run(List<Pipeline> pipelines, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Conformance.run(Arrays.asList(args), pipelines, stream(out), stream(err));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /// The folder, holding these scripts and their modules.
    private String suiteOf(String... names) throws IOException {
        for (String name : names) {
            List<String> files = new ArrayList<>(List.of(name + ".json"));
            for (Command command : script(name).commands()) {
                switch (command) {
                    case Command.Instantiate step -> files.add(step.file());
                    case Command.AssertRefused step -> files.add(step.file());
                    default -> {
                        // It has no file.
                    }
                }
            }
            for (String file : files) {
                copy(file);
            }
        }
        return folder.toString();
    }

    private void copy(String file) throws IOException {
        Files.copy(resource(file), folder.resolve(file));
    }

    private static Path resource(String file) {
        try {
            URL url = Objects.requireNonNull(ConformanceTest.class.getResource(file), file);
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
